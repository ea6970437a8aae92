import { request } from "node:http";
import { connect } from "node:net";

/** An answer as it came over the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** Whether the body ended as HTTP says it must; false when the connection was cut. */
  complete: boolean;
}

/** Sends a request with node:http, which tells a cut body from an ended one. `body`: an object is sent as JSON. */
export function send(
  url: string,
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: object | string | Buffer } = {},
): Promise<Answer> {
  const body = options.body === undefined ? "" : isRaw(options.body) ? options.body : JSON.stringify(options.body);
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}${options.path ?? "/v1/chat/completions"}`,
      { method: options.method ?? "POST", headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        const finish = (complete: boolean): void =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
            text: Buffer.concat(chunks).toString("utf8"),
            complete,
          });
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => finish(response.complete));
        response.on("error", () => finish(false));
      },
    );
    outgoing.setTimeout(20_000, () => outgoing.destroy(new Error("no answer within 20 s")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function isRaw(body: object | string | Buffer): body is string | Buffer {
  return typeof body === "string" || Buffer.isBuffer(body);
}

/** Sends raw bytes and gives back everything that came until the other side closed, or until an answer was complete and `ms` passed. */
export function sendRaw(port: number, parts: (string | Buffer)[], ms = 3000): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1");
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString("utf8"));
    };
    const timer = setTimeout(finish, ms);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", finish);
    socket.on("error", finish);
    for (const part of parts) socket.write(part);
  });
}

/** The `data:` payloads of a stream of server-sent events. */
export function eventsOf(text: string): string[] {
  return text
    .split(/\r?\n\r?\n/)
    .filter((event) => event.startsWith("data:"))
    .map((event) => event.replace(/^data: ?/, ""));
}

/** What an OpenAI answer says, streamed or not. */
export interface Read {
  content: string;
  finish: string[];
  /** The number of `[DONE]` events. */
  done: number;
  /** The error object of the body or of an error event. */
  error: { message: string; type: string; code: unknown; param: unknown; attempts?: Record<string, unknown>[] } | null;
  models: string[];
  ids: string[];
}

interface Completion {
  id?: string;
  model?: string;
  choices?: {
    delta?: { content?: string | null };
    message?: { content?: string | null };
    finish_reason?: string | null;
  }[];
  error?: Read["error"];
}

/** Reads an answer, which must be nothing but valid OpenAI JSON or events. */
export function readAnswer(answer: Answer): Read {
  const isStream = (answer.headers["content-type"] ?? "").startsWith("text/event-stream");
  const payloads = isStream ? eventsOf(answer.text) : [answer.text];
  const read: Read = { content: "", finish: [], done: 0, error: null, models: [], ids: [] };
  for (const payload of payloads) {
    if (payload === "[DONE]") {
      read.done += 1;
      continue;
    }
    const value = JSON.parse(payload) as Completion;
    if (value.error) read.error = value.error;
    if (value.model !== undefined && !read.models.includes(value.model)) read.models.push(value.model);
    if (value.id !== undefined && !read.ids.includes(value.id)) read.ids.push(value.id);
    for (const choice of value.choices ?? []) {
      read.content += choice.delta?.content ?? choice.message?.content ?? "";
      if (choice.finish_reason) read.finish.push(choice.finish_reason);
    }
  }
  return read;
}
