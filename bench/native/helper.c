/*
 * What the benchmark needs of the kernel, in one program (Linux):
 *
 *   helper link RATE DELAY QUEUE      two network namespaces and a slow link between them, until stdin ends
 *   helper in NETNS COMMAND...        COMMAND in a namespace; it dies with its parent
 *   helper run RESULT NETNS COMMAND   COMMAND in a namespace, with its time, CPU and memory written to RESULT
 *
 * Kernels without netem are common, so the link is a pair of TUN devices and this process between them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "helper: %s: %s\n", what, strerror(errno));
  exit(125);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* ---- link ---- */

static void configure(const char *name, const char *address) {
  int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (s < 0) fail("socket");
  struct ifreq r = {0};
  strncpy(r.ifr_name, name, IFNAMSIZ - 1);
  if (address != NULL) {
    struct sockaddr_in *in = (struct sockaddr_in *)&r.ifr_addr;
    in->sin_family = AF_INET;
    inet_pton(AF_INET, address, &in->sin_addr);
    if (ioctl(s, SIOCSIFADDR, &r) < 0) fail("SIOCSIFADDR");
    inet_pton(AF_INET, "255.255.255.0", &in->sin_addr);
    if (ioctl(s, SIOCSIFNETMASK, &r) < 0) fail("SIOCSIFNETMASK");
    r.ifr_qlen = 10000;
    if (ioctl(s, SIOCSIFTXQLEN, &r) < 0) fail("SIOCSIFTXQLEN");
  }
  if (ioctl(s, SIOCGIFFLAGS, &r) < 0) fail("SIOCGIFFLAGS");
  r.ifr_flags |= IFF_UP | IFF_RUNNING;
  if (ioctl(s, SIOCSIFFLAGS, &r) < 0) fail("SIOCSIFFLAGS");
  close(s);
}

static void set(const char *path, const char *value) {
  int fd = open(path, O_WRONLY);
  if (fd < 0) return;
  if (write(fd, value, strlen(value)) < 0) fprintf(stderr, "helper: %s stays as it is\n", path);
  close(fd);
}

/* A fresh namespace with its loopback and one TUN device; this process stays in it. */
static int namespace(const char *address, int *tun) {
  if (unshare(CLONE_NEWNET) < 0) fail("unshare(CLONE_NEWNET)");
  set("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
  set("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
  /* One connection must not learn from the one before. */
  set("/proc/sys/net/ipv4/tcp_no_metrics_save", "1");
  configure("lo", NULL);
  *tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (*tun < 0) fail("/dev/net/tun");
  struct ifreq r = {0};
  r.ifr_flags = IFF_TUN | IFF_NO_PI;
  strcpy(r.ifr_name, "slow");
  if (ioctl(*tun, TUNSETIFF, &r) < 0) fail("TUNSETIFF");
  configure("slow", address);
  int fd = open("/proc/self/ns/net", O_RDONLY);
  if (fd < 0) fail("/proc/self/ns/net");
  return fd;
}

enum { slots = 1 << 16, largest = 2048 };

struct packet {
  int64_t due;
  int length;
  unsigned char data[largest];
};

/* One direction: packets wait until the line has sent them, and then for the delay. */
struct line {
  int from, to;
  unsigned head, tail;
  int64_t idle_at;
  uint64_t bytes, dropped;
  struct packet *ring;
};

static void take(struct line *l, double rate, int64_t delay, int64_t queue) {
  for (;;) {
    struct packet *p = &l->ring[l->tail % slots];
    if (l->tail - l->head == slots) return;
    int length = read(l->from, p->data, largest);
    if (length <= 0) return;
    int64_t t = now(), start = l->idle_at > t ? l->idle_at : t;
    if ((start - t) * rate / 8e9 > queue) {
      l->dropped++;
      continue;
    }
    l->idle_at = start + (int64_t)(length * 8e9 / rate);
    l->bytes += length;
    p->length = length;
    p->due = l->idle_at + delay;
    l->tail++;
  }
}

static int64_t give(struct line *l) {
  while (l->head != l->tail) {
    struct packet *p = &l->ring[l->head % slots];
    int64_t wait = p->due - now();
    if (wait > 0) return wait;
    if (write(l->to, p->data, p->length) < 0 && errno == EAGAIN) return 100000;
    l->head++;
  }
  return -1;
}

static int link_main(char **argv) {
  double rate = atof(argv[0]) * 1e6;
  int64_t delay = (int64_t)(atof(argv[1]) * 1e6), queue = atoll(argv[2]);
  int tun[2], ns[2];
  ns[0] = namespace("10.77.0.1", &tun[0]);
  ns[1] = namespace("10.77.0.2", &tun[1]);
  struct line lines[2] = {{.from = tun[0], .to = tun[1]}, {.from = tun[1], .to = tun[0]}};
  for (int i = 0; i < 2; i++) {
    lines[i].ring = malloc(slots * sizeof(struct packet));
    if (lines[i].ring == NULL) fail("malloc");
  }
  struct sched_param priority = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &priority) < 0) setpriority(PRIO_PROCESS, 0, -20);
  prctl(PR_SET_TIMERSLACK, 1);
  printf("%d %d %d\n", getpid(), ns[0], ns[1]);
  fflush(stdout);
  for (;;) {
    int64_t wait[2] = {give(&lines[0]), give(&lines[1])};
    int64_t next = wait[0] < 0 || (wait[1] >= 0 && wait[1] < wait[0]) ? wait[1] : wait[0];
    struct timespec t = {next / 1000000000, next % 1000000000};
    struct pollfd fds[3] = {{tun[0], POLLIN, 0}, {tun[1], POLLIN, 0}, {0, POLLIN, 0}};
    ppoll(fds, 3, next < 0 ? NULL : &t, NULL);
    for (int i = 0; i < 2; i++)
      if (fds[i].revents) take(&lines[i], rate, delay, queue);
    if (fds[2].revents) {
      char ask[64];
      if (read(0, ask, sizeof ask) <= 0) return 0;
      printf("%lu %lu %lu\n", lines[0].bytes, lines[1].bytes, lines[0].dropped + lines[1].dropped);
      fflush(stdout);
    }
  }
}

/* ---- in, run ---- */

static void enter(const char *netns) {
  int fd = open(netns, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(netns);
  if (setns(fd, CLONE_NEWNET) < 0) fail("setns");
  close(fd);
}

static int in_main(char **argv) {
  enter(argv[0]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execvp(argv[1], argv + 1);
  fail(argv[1]);
  return 125;
}

/* The most memory that a process has held, in kB; its children do not count. */
static long peak(pid_t pid) {
  char path[64], line[256];
  long kb = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *f = fopen(path, "r");
  if (f == NULL) return 0;
  while (fgets(line, sizeof line, f))
    if (sscanf(line, "VmHWM: %ld", &kb) == 1) break;
  fclose(f);
  return kb;
}

static volatile sig_atomic_t ended;
static void on_child(int signal) {
  (void)signal;
  ended = 1;
}
static pid_t child;
static void on_end(int signal) {
  kill(child, signal);
}

static int run_main(char **argv) {
  const char *result = argv[0];
  enter(argv[1]);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  /* What is left behind by a child comes to us, so that its CPU time is counted and it can be told. */
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  struct sigaction action = {.sa_handler = on_child};
  sigaction(SIGCHLD, &action, NULL);
  sigset_t block, old;
  sigemptyset(&block);
  sigaddset(&block, SIGCHLD);
  sigprocmask(SIG_BLOCK, &block, &old);

  int64_t start = now();
  child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    sigprocmask(SIG_SETMASK, &old, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[2], argv + 2);
    fail(argv[2]);
  }
  struct sigaction end = {.sa_handler = on_end};
  sigaction(SIGTERM, &end, NULL);
  sigaction(SIGINT, &end, NULL);

  long memory = 0;
  int status = 0, over = 0;
  int64_t stop = 0;
  while (!over) {
    struct timespec tick = {0, 5000000};
    if (!ended) ppoll(NULL, 0, &tick, &old);
    long p = peak(child);
    if (p > memory) memory = p;
    ended = 0;
    for (;;) {
      int s;
      pid_t pid = waitpid(-1, &s, WNOHANG);
      if (pid <= 0) break;
      if (pid == child) {
        stop = now();
        status = s;
        over = 1;
      }
    }
  }
  /* Stragglers have two seconds; then their time is what it is. */
  int left = 0;
  for (int64_t limit = now() + 2000000000LL; now() < limit;) {
    int s;
    pid_t pid = waitpid(-1, &s, WNOHANG);
    if (pid < 0) break;
    if (pid > 0) left++;
    else usleep(5000);
  }
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  FILE *f = fopen(result, "w");
  if (f == NULL) fail(result);
  fprintf(f, "{\"seconds\":%.6f,\"cpu\":%.6f,\"memory\":%ld,\"code\":%d,\"stragglers\":%d}\n", (stop - start) / 1e9,
          usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
          memory * 1024, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), left);
  fclose(f);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "link") == 0) return link_main(argv + 2);
  if (argc > 3 && strcmp(argv[1], "in") == 0) return in_main(argv + 2);
  if (argc > 4 && strcmp(argv[1], "run") == 0) return run_main(argv + 2);
  fprintf(stderr, "usage: helper link|in|run ...\n");
  return 2;
}
