import { type Random } from "./random";
import { writeText } from "./words";

/** What a request asks. */
export interface RequestShape {
  /** Bytes of the body, roughly. */
  bytes: number;
  stream: boolean;
  /** `chat`: texts only; `tools`: definitions, a call and its result; `image`: most of the bytes are one inline image. */
  content: "chat" | "tools" | "image";
}

type Json = Record<string, unknown>;

/** A body as a client's library would write it. Bodies of one shape differ in everything that a client may vary. */
export function makeRequestBody(random: Random, shape: RequestShape, model: string): Buffer {
  const body: Json = { model, ...sampling(random), messages: [] };
  if (shape.stream) {
    body["stream"] = true;
    if (random.chance(0.5)) body["stream_options"] = { include_usage: true };
  }
  if (shape.content === "tools") {
    body["tools"] = Array.from({ length: random.between(2, 5) }, (_, index) => makeTool(random, index));
    body["tool_choice"] = random.pick(["auto", "required"]);
  }
  const style = random.pick(["compact", "compact", "spaced", "ascii"] as const);
  const room = shape.bytes - Buffer.byteLength(writeJson({ ...body }, style));
  body["messages"] = makeMessages(random, shape, Math.max(room, 60));
  // Members stand in no particular order: some libraries write the messages first, some the model.
  const members = Object.entries(body);
  if (random.chance(0.5)) members.reverse();
  return Buffer.from(writeJson(Object.fromEntries(members), style));
}

function sampling(random: Random): Json {
  const all: [string, unknown][] = [
    ["temperature", random.pick([0, 0.2, 0.7, 1, 0.95])],
    ["top_p", random.pick([1, 0.9, 0.95])],
    ["max_tokens", random.between(16, 4096)],
    ["stop", random.pick<unknown>([["\n\n", "END"], ["###"]])],
    ["user", `user-${random.hex(12)}`],
  ];
  // Anthropic refuses temperature and top_p together in its newer models, and most clients set one of them anyway.
  const skipped = random.pick(["temperature", "top_p"]);
  return Object.fromEntries(all.filter(([name]) => name !== skipped && random.chance(0.6)));
}

function makeMessages(random: Random, shape: RequestShape, bytes: number): Json[] {
  const messages: Json[] = [];
  if (random.chance(0.7)) {
    messages.push({ role: "system", content: writeText(random, Math.min(bytes * 0.2, random.between(20, 600))) });
  }
  if (shape.content === "tools") messages.push(...makeToolTurn(random));
  const image = shape.content === "image" ? makeImage(random, Math.max(bytes - 2000, 1000)) : null;
  let left = bytes - Buffer.byteLength(JSON.stringify(messages)) - (image === null ? 0 : image.length);
  // A conversation has one turn or many; longer ones have more, and longer turns.
  const turns = 2 * random.between(0, Math.max(1, Math.min(20, Math.floor(left / 400)))) + 1;
  for (let turn = 0; turn < turns; turn++) {
    const isLast = turn === turns - 1;
    const size = isLast ? left : Math.max(8, (left / (turns - turn)) * (0.5 + random.next()));
    const text = fitText(writeText(random, Math.max(8, size - 40)), size - 36);
    messages.push(makeTurn(random, turn, text, isLast ? image : null));
    left -= Buffer.byteLength(JSON.stringify(messages.at(-1))) + 1;
  }
  return messages;
}

function makeTurn(random: Random, turn: number, text: string, image: string | null): Json {
  const role = turn % 2 === 0 ? "user" : "assistant";
  if (image === null) return { role, content: text };
  const url = { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } };
  const part = { type: "text", text };
  return { role, content: random.chance(0.5) ? [part, url] : [url, part] };
}

/** Cuts a text so that it takes about this many bytes in JSON. */
function fitText(text: string, bytes: number): string {
  const written = Buffer.byteLength(JSON.stringify(text));
  if (written <= bytes || bytes < 4) return text;
  const letters = Array.from(text);
  return letters.slice(0, Math.max(4, Math.floor((letters.length * bytes) / written))).join("");
}

function makeImage(random: Random, bytes: number): string {
  const pixels = Buffer.alloc(Math.floor((bytes * 3) / 4));
  for (let at = 0; at + 4 <= pixels.length; at += 4) pixels.writeInt32LE((random.next() * 4294967296) | 0, at);
  Buffer.from("89504e470d0a1a0a", "hex").copy(pixels);
  return pixels.toString("base64");
}

function makeTool(random: Random, index: number): Json {
  const properties = Object.fromEntries(
    Array.from({ length: random.between(1, 5) }, (_, number) => [
      `field_${number}`,
      random.pick<Json>([
        { type: "string", description: writeText(random, 30) },
        { type: "number", minimum: 0, maximum: 1e6 },
        { type: "array", items: { type: "string", enum: ["a", "b", "ü"] } },
        { type: "object", properties: { nested: { type: "boolean" } }, required: ["nested"] },
      ]),
    ]),
  );
  return {
    type: "function",
    function: {
      name: `look_up_${index}`,
      description: writeText(random, random.between(20, 120)),
      parameters: { type: "object", properties, required: Object.keys(properties).slice(0, 1) },
    },
  };
}

/** A question, the call that the model made, and what came of it. */
function makeToolTurn(random: Random): Json[] {
  const id = `call_${random.hex(16)}`;
  const parameters = JSON.stringify({
    field_0: writeText(random, 20),
    count: random.between(0, 99),
    deep: [{ x: null }],
  });
  const call = { id, type: "function", function: { name: "look_up_0", arguments: parameters } };
  return [
    { role: "user", content: writeText(random, 60) },
    { role: "assistant", content: null, tool_calls: [call] },
    {
      role: "tool",
      tool_call_id: id,
      content: JSON.stringify({ result: writeText(random, 80), score: random.next() }),
    },
  ];
}

/** As JavaScript writes it, as Python's json module does, and as that does when all is ASCII. */
function writeJson(value: Json, style: "compact" | "spaced" | "ascii"): string {
  const compact = JSON.stringify(value);
  if (style === "compact") return compact;
  const text = style === "spaced" ? JSON.stringify(value, null, 1).replace(/\n */g, " ") : compact;
  if (style !== "ascii") return text;
  return text.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Where and under which name a request is sent. */
export interface RequestAddress {
  path: string;
  host: string;
  /** Headers that only this system needs. */
  headers?: Record<string, string>;
}

/** A file for the load generator: whole HTTP requests, each behind its length. */
export function packRequests(bodies: Buffer[], address: RequestAddress): Buffer {
  const own = Object.entries(address.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
  const parts = bodies.flatMap((body) => {
    const head = Buffer.from(
      `POST ${address.path} HTTP/1.1\r\nHost: ${address.host}\r\nUser-Agent: OpenAI/JS 6.49.0\r\nAccept: application/json\r\n` +
        `Content-Type: application/json\r\nAuthorization: Bearer client-key\r\n${own.join("")}Content-Length: ${body.length}\r\n\r\n`,
    );
    const length = Buffer.alloc(4);
    length.writeUInt32LE(head.length + body.length);
    return [length, head, body];
  });
  return Buffer.concat(parts);
}
