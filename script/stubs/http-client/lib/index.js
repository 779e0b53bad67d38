// dotcloud-push makes no HTTP request; whoever adds one must say so (docs/adr/0002-no-http-client.md).
export class HttpClient {
  constructor() {
    throw new Error('This program has no HTTP client')
  }
}
