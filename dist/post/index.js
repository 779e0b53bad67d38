import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");
;// CONCATENATED MODULE: external "node:string_decoder"
const external_node_string_decoder_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:string_decoder");
;// CONCATENATED MODULE: ./build/system/sink.js

/** The longest line that is held back for its end; what is longer comes out in pieces. */
const longestLine = 16_384;
/** The longest line that is shown. */
const longestShown = 2_000;
/**
 * Cuts a stream of bytes into lines at LF, CRLF or CR, as GitHub's runner does, in memory that does not grow with it.
 */
function createLineSplitter(onLine) {
    const decoder = new StringDecoder('utf8');
    let pending = '';
    let afterReturn = false;
    function take(text) {
        const fresh = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
        if (text !== '')
            afterReturn = text.endsWith('\r');
        const lines = (pending + fresh).split(/\r\n|\n|\r/);
        pending = lines.pop() ?? '';
        for (const line of lines)
            onLine(line);
        while (pending.length > longestLine) {
            onLine(pending.slice(0, longestLine));
            pending = pending.slice(longestLine);
        }
    }
    return {
        push: (chunk) => take(decoder.write(chunk)),
        end: () => {
            take(decoder.end());
            if (pending !== '')
                onLine(pending);
            pending = '';
        },
    };
}
const escapeSequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/g;
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Default_Ignorable_Code_Point}/gu;
/**
 * One line of foreign text that is safe to print: no terminal escapes, no control, direction or invisible characters,
 * and nothing that GitHub's runner would take for a command. It reads `##[name]` anywhere in a line and `::name::`
 * after leading white space (actions/runner, ActionCommand.cs), and .NET's search looks through invisible characters;
 * so those go, and a space breaks what is left of a command and keeps the text readable.
 */
function safeLine(text) {
    const plain = text.replaceAll(escapeSequences, '').replaceAll(controls, '');
    const shown = plain.length > longestShown ? `${plain.slice(0, longestShown)} … (${plain.length - longestShown} more)` : plain;
    return shown.replaceAll('##[', '## [').replace(/^([^\u0021-\u007e]*):(?=:)/, '$1: ');
}
/** Foreign text of several lines, each made safe. */
function safeText(text) {
    return text
        .split(/\r\n|\n|\r/)
        .map(safeLine)
        .join('\n');
}
/** How much of what the other side says is shown in one run, in characters. */
const mostShown = (/* unused pure expression or super */ null && (4 << 20));
/** Shows lines until the most is reached, says so once, and then only counts. */
function capped(show) {
    let shown = 0;
    return (line) => {
        if (shown > mostShown)
            return;
        shown += line.length + 1;
        show(line);
        if (shown > mostShown)
            show(`… the output is longer than ${mostShown >> 20} MiB; the rest is not shown`);
    };
}

;// CONCATENATED MODULE: ./build/action/state.js
/** What main leaves for post: the folder and the file that must be gone when the job ends. */
const stateNames = ['session', 'report'];
/** What main saved; empty for nothing. Without the toolkit: half of post's time would go into loading it. */
function readState(name) {
    return process.env[`STATE_${name}`] ?? '';
}

;// CONCATENATED MODULE: ./build/action/post.js





/** What main may have left, by name; nothing else is ever removed, whatever the state says. */
const ours = {
    session: /^dotcloud-push-[0-9a-f]{12}$/,
    report: /^dotcloud-report-[0-9a-f]{12}\.json$/,
};
/** Removes a path that is directly in RUNNER_TEMP, has a name of ours, is no link, and belongs to us. */
async function remove(name) {
    const path = readState(name);
    if (path === '')
        return;
    const temp = await (0,promises_namespaceObject.realpath)(process.env['RUNNER_TEMP'] || (0,external_node_os_namespaceObject.tmpdir)());
    const found = await (0,promises_namespaceObject.lstat)(path).catch(() => undefined);
    if (found === undefined)
        return;
    const inTemp = (await (0,promises_namespaceObject.realpath)((0,external_node_path_namespaceObject.dirname)(path))) === temp && ours[name].test((0,external_node_path_namespaceObject.basename)(path));
    const owned = process.getuid === undefined || found.uid === process.getuid();
    if (!inTemp || !owned || found.isSymbolicLink()) {
        warn(`did not remove ${path}: it is not something that it made`);
        return;
    }
    await (0,promises_namespaceObject.rm)(path, { recursive: true, force: true });
}
/** A warning annotation; `%` starts an escape in the runner's commands. */
function warn(text) {
    process.stdout.write(`::warning::dotcloud-push ${safeLine(text).replaceAll('%', '%25')}.\n`);
}
async function post() {
    for (const name of stateNames)
        await remove(name);
}
post().catch((error) => {
    warn(`could not clean up: ${error instanceof Error ? error.message : String(error)}`);
});

