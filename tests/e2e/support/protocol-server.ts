import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProtocolAdapter, SpokenAnswer, UpstreamRequest } from "../../providers/suite/adapter";

/** What the server does next. */
export type ServerMode = "answer" | "503" | "error event";

/** What an answering server says. */
export const SAID: SpokenAnswer = { text: "All well.", finish: "stop", usage: { input: 5, output: 3 } };

/** A vendor made of a protocol's adapter: it takes what the strict mock takes, and answers or fails as told. */
export class ProtocolServer {
  mode: ServerMode = "answer";
  /** Every request since the last `forget`, and what the vendor said to it. */
  requests: (UpstreamRequest & { rejection: string | null })[] = [];
  private readonly server: Server;

  private constructor(
    private readonly adapter: ProtocolAdapter,
    /** Whether the client of the next request streams; the request itself says so in another way at each vendor. */
    public streams: boolean,
  ) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async start(adapter: ProtocolAdapter): Promise<ProtocolServer> {
    const started = new ProtocolServer(adapter, true);
    await new Promise<void>((resolve) => started.server.listen(0, "127.0.0.1", resolve));
    return started;
  }

  get endpoint(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers from now on in this mode, to a client that streams or not. */
  prepare(mode: ServerMode, streams: boolean): void {
    this.mode = mode;
    this.streams = streams;
    this.requests = [];
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const request = { path: incoming.url ?? "", headers, text: Buffer.concat(chunks).toString("utf8") };
    const rejection = this.adapter.validate(request);
    this.requests.push({ ...request, rejection });
    if (this.mode === "503") {
      response.writeHead(503, { "content-type": "application/json" }).end('{"error":{"message":"busy"}}');
      return;
    }
    if (rejection !== null) {
      const error = { error: { message: rejection } };
      response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(error));
      return;
    }
    const whole = this.adapter.writeAnswer(SAID);
    // Some vendors are asked for a stream whatever the client wants.
    const asEvents = whole.isEvents === true || (this.streams && this.adapter.answersWhole !== true);
    const type = asEvents ? (this.adapter.streamContentType ?? "text/event-stream") : "application/json";
    response.writeHead(200, { "content-type": type });
    const failing = this.mode === "error event" ? this.adapter.writeErrorStream(false) : null;
    response.end((failing ?? (asEvents ? this.adapter.writeStream(SAID) : whole)).bytes);
  }
}
