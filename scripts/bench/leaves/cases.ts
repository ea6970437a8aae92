import { makeAnswers, PROTOCOLS, type Protocol } from "../answers";
import { Random } from "../random";
import { makeRequestBody, type RequestShape } from "../requests";
import { listTypeNames } from "../../support/provider-types";
import { timeCall } from "./clock";
import { type Exports } from "./modules";
import { type LeafResult } from "./report";

/** Bodies of about one size, different from each other. */
interface Bodies {
  label: string;
  all: Buffer[];
  meanBytes: number;
}

const MEGA = 1e6;

/** Bodies of four sizes; an inline image is most of the last. */
export function makeInputs(seed: number): Bodies[] {
  const shapes: [string, RequestShape, number][] = [
    ["1 KB", { bytes: 1024, stream: false, content: "chat" }, 64],
    ["100 KB", { bytes: 100 * 1024, stream: false, content: "chat" }, 8],
    ["1 MB", { bytes: 1024 * 1024, stream: false, content: "chat" }, 3],
  ];
  return shapes.map(([label, shape, count]) => {
    const random = new Random(seed);
    const all = Array.from({ length: count }, () => makeRequestBody(random, shape, "bench-model"));
    return { label, all, meanBytes: all.reduce((sum, body) => sum + body.length, 0) / count };
  });
}

/** Bodies in a module's memory, taken in turns. */
function putBodies(module: Exports, bodies: Buffer[]): () => [number, number] {
  const places = bodies.map((body): [number, number] => {
    const pointer = (module["allocate"]?.(body.length + 32) ?? 0) >>> 0;
    new Uint8Array(module.memory.buffer, pointer, body.length).set(body);
    return [pointer, body.length];
  });
  let turn = 0;
  return () => places[turn++ % places.length] as [number, number];
}

function call(module: Exports, name: string, ...values: (number | bigint)[]): number {
  const target = module[name];
  if (target === undefined) throw new Error(`the module has no ${name}`);
  return target(...values);
}

function bytesResult(leaf: string, bodies: Bodies, by: string, ns: number): LeafResult {
  return {
    leaf,
    input: bodies.label,
    by,
    megabytesPerSecond: (bodies.meanBytes / ns) * (1e9 / MEGA),
    nsPerEvent: null,
  };
}

/** Validating and indexing a body, by us, by V8 and by json-as. */
export function measureScan(leaves: Exports, jsonAs: Exports | null, inputs: Bodies[]): LeafResult[] {
  return inputs.flatMap((bodies) => {
    const next = putBodies(leaves, bodies.all);
    const own = timeCall(() => {
      const error = call(leaves, "jsonParse", ...next(), 8);
      if (error !== 0) throw new Error(`error ${error}`);
    });
    call(leaves, "jsonFree");
    let turn = 0;
    const native = timeCall(() => void JSON.parse((bodies.all[turn++ % bodies.all.length] as Buffer).toString("utf8")));
    const results = [
      bytesResult("read a body", bodies, "modelmux: validate and index", own),
      bytesResult("read a body", bodies, "JSON.parse of V8, from UTF-8", native),
    ];
    if (jsonAs !== null) results.push(...measureJsonAs(jsonAs, bodies));
    return results;
  });
}

/** It may trap on what it does not expect, and then that is the result. */
function measureJsonAs(jsonAs: Exports, bodies: Bodies): LeafResult[] {
  try {
    const next = putBodies(jsonAs, bodies.all);
    const ns = timeCall(() => {
      call(jsonAs, "decode", ...next());
      if (call(jsonAs, "parse") === 0) throw new Error("no messages");
    });
    return [bytesResult("read a body", bodies, "json-as into classes, from UTF-8", ns)];
  } catch {
    return [
      { leaf: "read a body", input: bodies.label, by: "json-as: traps", megabytesPerSecond: null, nsPerEvent: null },
    ];
  }
}

const TYPES: Record<Protocol, string> = { openai: "openai", anthropic: "claude", gemini: "gemini", bedrock: "bedrock" };

/** The protocols that this version has. */
export function knownProtocols(): Protocol[] {
  const names = listTypeNames();
  return PROTOCOLS.filter((protocol) => names.includes(TYPES[protocol]));
}

function useTarget(module: Exports, protocol: Protocol): void {
  const members = protocol === "bedrock" ? { awsRegion: "us-east-1" } : {};
  const provider = { id: "target", type: TYPES[protocol], apiTokens: ["key"], ...members };
  const config = Buffer.from(JSON.stringify({ role: "gateway", providers: [provider] }));
  const model = Buffer.from("bench-upstream");
  const [configPlace, modelPlace] = [putBodies(module, [config])(), putBodies(module, [model])()];
  if (call(module, "useTarget", ...configPlace, ...modelPlace) === 0)
    throw new Error(`${protocol}: the plugin JSON is wrong`);
}

/** From a client's body to the provider's: all of it, and the writing alone (which is a splice where both speak OpenAI). */
export function measureTranslation(module: Exports, inputs: Bodies[]): LeafResult[] {
  return knownProtocols().flatMap((protocol) => {
    useTarget(module, protocol);
    return inputs.flatMap((bodies) => {
      const next = putBodies(module, bodies.all);
      const translate = (): void => {
        for (const number of [0, 1, 2, 3]) call(module, "clearResult", number);
        const status = call(module, "translate", ...next());
        if (status !== 0) throw new Error(`${protocol}: refused with ${status}`);
      };
      const whole = timeCall(translate);
      const writing = timeCall(() => call(module, "writeBodyAgain"));
      const name = protocol === "openai" ? "splice" : "write";
      return [
        bytesResult(`translate to ${protocol}`, bodies, "modelmux: read, check, write", whole),
        bytesResult(`translate to ${protocol}`, bodies, `modelmux: ${name} alone`, writing),
      ];
    });
  });
}

/** What JavaScript needs for the least that a translation does. */
export function measureJavaScript(inputs: Bodies[]): LeafResult[] {
  return inputs.map((bodies) => {
    let turn = 0;
    const ns = timeCall(() => {
      const body = JSON.parse((bodies.all[turn++ % bodies.all.length] as Buffer).toString("utf8")) as { model: string };
      Buffer.from(JSON.stringify({ ...body, model: "bench-upstream" }));
    });
    return bytesResult("change the model", bodies, "JSON.parse and JSON.stringify of V8, from and to UTF-8", ns);
  });
}

const STREAM_EVENTS = 2000;
const CHUNK_BYTES = 4096;

/** A provider's stream without HTTP's chunks, cut where packets would end. */
function makeStream(protocol: Protocol, seed: number): Buffer[] {
  const { bytes } = makeAnswers(new Random(seed), { kind: "stream", events: STREAM_EVENTS });
  let at = 4;
  for (let record = 0; record < bytes.readUInt32LE(0); record++) {
    const [kind, pieces] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const begin = at + 8 + 4 * pieces;
    const length = bytes.readUInt32LE(begin - 4);
    if (kind === PROTOCOLS.indexOf(protocol)) return cut(withoutChunks(bytes.subarray(begin, begin + length)));
    at = begin + length;
  }
  throw new Error(`no answer of ${protocol}`);
}

function withoutChunks(answer: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = answer.indexOf("\r\n\r\n") + 4; ;) {
    const lineEnd = answer.indexOf("\r\n", at);
    const length = Number.parseInt(answer.toString("latin1", at, lineEnd), 16);
    if (!(length > 0)) return Buffer.concat(parts);
    parts.push(answer.subarray(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 4 + length;
  }
}

function cut(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, index) =>
    bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}

/** Finding the events of a stream, and from the provider's events to the client's chunks. */
export function measureStreams(leaves: Exports, module: Exports, seed: number): LeafResult[] {
  const request = Buffer.from('{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}');
  const input = `${STREAM_EVENTS} events in packets of ${CHUNK_BYTES} bytes`;
  return knownProtocols().flatMap((protocol) => {
    const chunks = makeStream(protocol, seed);
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const results: LeafResult[] = [];
    const add = (leaf: string, by: string, ns: number): void => {
      const megabytesPerSecond = (bytes / ns) * (1e9 / MEGA);
      results.push({ leaf, input, by, megabytesPerSecond, nsPerEvent: ns / STREAM_EVENTS });
    };
    if (protocol === "openai") add("find a stream's events", "modelmux: SSE decoder", measureDecoder(leaves, chunks));
    useTarget(module, protocol);
    call(module, "translate", ...putBodies(module, [request])());
    const id = putBodies(module, [Buffer.from("chatcmpl-1")])();
    const places = chunks.map((chunk) => putBodies(module, [chunk])());
    const ns = timeCall(() => {
      call(module, "openAnswer", 1, 1, ...id, 1_700_000_000n);
      for (const [pointer, length] of places) call(module, "feed", pointer, length, 0);
      call(module, "feed", 0, 0, 1);
      if (call(module, "isDone") === 0) throw new Error(`${protocol}: the stream did not end well`);
    });
    add(`stream from ${protocol}`, "modelmux: read events, write OpenAI's chunks", ns);
    return results;
  });
}

function measureDecoder(leaves: Exports, chunks: Buffer[]): number {
  const places = chunks.map((chunk) => putBodies(leaves, [chunk])());
  return timeCall(() => {
    let events = 0;
    call(leaves, "sseReset", 1 << 24);
    for (const [pointer, length] of places) {
      call(leaves, "sseFeed", pointer, length);
      while (call(leaves, "sseNext") !== 0) events++;
    }
    if (events !== STREAM_EVENTS) throw new Error(`${events} events`);
  });
}
