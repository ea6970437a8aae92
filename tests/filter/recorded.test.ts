import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ClientAnswer } from "../host/downstream";
import { MiniEnvoy } from "../host/mini-envoy";
import { allSplits } from "../support/chunking";
import { type Fixture, readFixtures } from "../support/fixtures";
import { BUILDS, errorOf, readEvents } from "./gateway";

/*
 * The recorded exchanges of both providers (tests/providers) through the shipped modules: what the translation alone gives must come
 * out of the filters too, however the bytes are cut.
 */
const folder = join(import.meta.dirname, "..", "providers");
const json = { "content-type": "application/json" };

interface Exchange extends Fixture {
  type: string;
  /** Upstream; null: the client's own. */
  model: string | null;
}

const EXCHANGES: Exchange[] = [
  ...readFixtures(join(folder, "anthropic", "fixtures")).map((fixture) => ({
    ...fixture,
    type: "claude",
    model: null,
  })),
  ...readFixtures(join(folder, "openai", "fixtures")).map((fixture) => {
    const path = join(folder, "openai", "fixtures", fixture.name, "target.json");
    return { ...fixture, ...(JSON.parse(readFileSync(path, "utf8")) as { type: string; model: string }) };
  }),
];

/** Checklist items that only these show through the filters. */
const ITEMS: Record<string, string> = {
  "tools-stream": "[75] [76] ",
  "thinking-stream": "[77] ",
  "format-tool-stream": "[59] ",
  "cache-stream": "[72] [79] ",
  "openrouter-reasoning": "[134] ",
  "sloppy-server": "[135] ",
  "several-data-lines": "[5] ",
  tools: "[137] ",
};

const ENDS_WITH_ERROR = ["overloaded-stream", "truncated-stream", "error-after-content", "error-first", "truncated"];

/** Ids and times that the gateway makes up, as the fixtures have them. */
const normalize = (text: string): string =>
  text
    .replaceAll(/chatcmpl-[0-9a-f]{16}/g, "chatcmpl-made-up")
    .replaceAll(/"created":176722\d{4}/g, '"created":1700000000');
const compact = (text: string): string => JSON.stringify(JSON.parse(text));

function startFor({ type, model }: Exchange, wasm: string): MiniEnvoy {
  return MiniEnvoy.start({
    wasm,
    plugin: {
      role: "gateway",
      providers: [{ id: "vendor", type, apiTokens: ["test-key"], providerDomain: "vendor.test" }],
      routes: [{ model: "*", targets: [{ provider: "vendor", ...(model === null ? {} : { model }) }] }],
    },
  });
}

/** A stream that breaks: what went out is the beginning of the record, and it ends with an error, or is an error altogether. */
function checkBroken(answer: ClientAnswer, exchange: Exchange): void {
  if (answer.status === 200) {
    expect(normalize(answer.body.toString())).toBe(exchange.response);
    expect(readEvents(answer)).not.toContain("[DONE]");
  } else {
    expect(answer.headers.get("content-type")).toBe("application/json");
    const last = JSON.parse(exchange.response.trimEnd().split("\n\n").at(-1)?.slice(6) ?? "") as {
      error: { message: string };
    };
    expect(errorOf(answer).message).toBe(last.error.message);
  }
}

/** One exchange, cut in every way; gives the client's statuses. */
function replay(envoy: MiniEnvoy, exchange: Exchange): Set<number> {
  const isBroken = ENDS_WITH_ERROR.includes(exchange.name);
  const headers = { "content-type": exchange.isStream ? "text/event-stream" : "application/json" };
  const statuses = new Set<number>();
  for (const { name, chunks } of allSplits(Buffer.from(exchange.upstreamResponse))) {
    envoy.upstream("vendor", { headers, chunks: chunks.filter((chunk) => chunk.length > 0) });
    const answer = envoy.request({ headers: json, body: exchange.request });
    statuses.add(answer.status);
    const sent = answer.upstreamRequests[0]?.body.toString() ?? "";
    const got = normalize(answer.body.toString());
    if (exchange.type === "claude") expect(compact(sent)).toBe(compact(exchange.upstreamRequest));
    else expect(sent).toBe(exchange.upstreamRequest);
    if (isBroken) checkBroken(answer, exchange);
    else if (exchange.type === "claude" && !exchange.isStream) expect(compact(got)).toBe(compact(exchange.response));
    else expect(got, name).toBe(exchange.response);
  }
  return statuses;
}

const CASES = EXCHANGES.map(
  (exchange) => [`${ITEMS[exchange.name] ?? ""}${exchange.type}, ${exchange.name}`, exchange] as const,
);

describe.each(BUILDS)("recorded exchanges, %s", (_name, wasm) => {
  test.each(CASES)("%s", (_case, exchange) => {
    const envoy = startFor(exchange, wasm);
    const statuses = replay(envoy, exchange);
    if (!ENDS_WITH_ERROR.includes(exchange.name)) expect([...statuses]).toEqual([200]);
    else if (exchange.name === "error-first") expect([...statuses].every((status) => status >= 400)).toBe(true);
    else expect(statuses).toContain(200);
    // The first round has filled the buffers that all requests share.
    envoy.settle();
    replay(envoy, exchange);
    envoy.assertNoLeaks();
  });
});
