import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Journal, type JournalEntry } from "./journal";
import { readRule, type Rule, ScriptQueue, wishesOf } from "./script";
import { sendAnswer } from "./send";
import type { Answer, Json, MockRequest, UnaryAnswer, Vendor } from "./types";

/** Settings of one mock. */
export interface MockServerOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** The only key that the mock accepts. */
  key: string;
  /** How many requests the journal keeps. */
  journalSize: number;
}

const MAX_BODY_BYTES = 64 << 20;

/** One vendor's API on one port, with a control API under `/__mock/`. */
export class MockServer {
  readonly script = new ScriptQueue();
  readonly journal: Journal;
  private readonly server: Server;

  private constructor(
    private readonly vendor: Vendor,
    private readonly options: MockServerOptions,
  ) {
    this.journal = new Journal(options.journalSize);
    this.server = createServer({ keepAliveTimeout: 30_000, requestTimeout: 60_000 }, (request, response) => {
      void this.serve(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(599, { "content-type": "text/plain" });
        response.end(`mock failed: ${String(error)}`);
      });
    });
  }

  /** Starts a mock; fails when the port is taken. */
  static async start(vendor: Vendor, options: MockServerOptions): Promise<MockServer> {
    const mock = new MockServer(vendor, options);
    await new Promise<void>((resolve, reject) => {
      mock.server.once("error", reject);
      mock.server.listen(options.port, options.host, () => {
        mock.server.off("error", reject);
        resolve();
      });
    });
    return mock;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts every open connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request.path.startsWith("/__mock/")) return this.control(request, response);
    const entry = this.journal.note(request);
    response.once("close", () => {
      entry.aborted = !response.writableFinished;
    });
    const rule = this.findRule(request);
    if (rule instanceof Error) {
      response.writeHead(599, { "content-type": "text/plain" }).end(rule.message);
      return;
    }
    await this.answer(request, response, rule, entry);
  }

  /** The rule for a request: its own `x-mock-<vendor>` header wins over the queue. */
  private findRule(request: MockRequest): Rule | Error {
    const own = request.headers[`x-mock-${this.vendor.name}`];
    try {
      if (own !== undefined) return readRule(JSON.parse(own) as Json);
    } catch (error) {
      return new Error(`bad x-mock-${this.vendor.name} header: ${String(error)}`);
    }
    return this.script.next(request.body.toString("utf8")) ?? {};
  }

  private async answer(request: MockRequest, response: ServerResponse, rule: Rule, entry: JournalEntry): Promise<void> {
    if (rule.resetBeforeHeaders) {
      request.body = Buffer.alloc(0);
      response.socket?.resetAndDestroy();
      return;
    }
    if (rule.silentBeforeHeaders) return;
    let answer: Answer = this.vendor.answer(request, this.options.key, wishesOf(rule));
    // A scripted failure must not hide that the request itself was wrong.
    if (answer.status === 200) {
      if (rule.status !== undefined) answer = this.failureAnswer(rule, request);
      else if (rule.rawBody !== undefined) {
        answer = { kind: "unary", status: 200, headers: { "content-type": "text/html" }, body: rule.rawBody };
      }
    }
    entry.status = answer.status;
    const wantsGzip = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    const event = this.vendor.errorEvent(rule.message ?? null, { request, code: rule.code ?? null });
    await sendAnswer(response, answer, rule, event, wantsGzip);
  }

  private failureAnswer(rule: Rule, request: MockRequest): UnaryAnswer {
    const status = rule.status ?? 500;
    const answer = this.vendor.errorAnswer(status, rule.message ?? null, { request, code: rule.code ?? null });
    switch (rule.errorBody ?? "vendor") {
      case "html": {
        const body = `<html>\r\n<head><title>${status} Bad Gateway</title></head>\r\n<body>\r\n<center><h1>${status} Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
        return { ...answer, headers: { "content-type": "text/html" }, body };
      }
      case "text":
        return { ...answer, headers: { "content-type": "text/plain" }, body: rule.message ?? "upstream connect error" };
      case "empty":
        return { ...answer, headers: {}, body: "" };
      default:
        return answer;
    }
  }

  private control(request: MockRequest, response: ServerResponse): void {
    const reply = (status: number, value: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(value)}\n`);
    };
    switch (`${request.method} ${request.path}`) {
      case "POST /__mock/script":
        try {
          const value = JSON.parse(request.body.toString("utf8")) as Json;
          const rules = (Array.isArray(value) ? value : [value]).map(readRule);
          this.script.add(rules);
          return reply(200, { added: rules.length });
        } catch (error) {
          return reply(400, { error: String(error) });
        }
      case "DELETE /__mock/script":
        this.script.clear();
        return reply(200, {});
      case "GET /__mock/requests":
        return reply(200, this.journal.list());
      case "DELETE /__mock/requests":
        this.journal.clear();
        return reply(200, {});
      case "GET /__mock/ready":
        return reply(200, { vendor: this.vendor.name });
      default:
        return reply(404, {
          error: "known: POST, DELETE /__mock/script; GET, DELETE /__mock/requests; GET /__mock/ready",
        });
    }
  }
}

async function readRequest(incoming: IncomingMessage): Promise<MockRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error("request body over the mock's limit");
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? "/", "http://mock");
  const headers: Record<string, string> = {};
  const repeatedHeaders: string[] = [];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index]!.toLowerCase();
    if (name in headers) repeatedHeaders.push(name);
    headers[name] = incoming.rawHeaders[index + 1]!;
  }
  return {
    method: incoming.method ?? "",
    path: url.pathname,
    query: url.search,
    headers,
    repeatedHeaders,
    body: Buffer.concat(chunks),
  };
}
