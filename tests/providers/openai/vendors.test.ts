import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listProviderTypes } from "../../../assembly/providers/catalogue";
import { Protocol, type ProviderType } from "../../../assembly/providers/provider-type";
import { checkRow } from "../../mocks/compatible-check";
import type { JsonObject } from "../../mocks/types";
import { buildTestModule } from "../../support/build";
import { allSplits } from "../../support/chunking";
import { ConfigModule } from "../../support/config";
import { useOpenAiModule } from "../../support/openai-fixture";
import { parseStream, type StreamEvent, TranslateModule } from "../../support/translate";

/*
 * One fixture per vendor of the catalogue, `vendors/<type>.json`: what goes up for the same request of a client, and a short stream as
 * this vendor writes it, with what the client gets of it. `UPDATE_FIXTURES=1` writes `upstream` and `client`, to be read before they
 * are committed.
 */
const FOLDER = join(import.meta.dirname, "vendors");
const isUpdate = process.env["UPDATE_FIXTURES"] === "1";

interface Fixture {
  /** The page that shows the vendor's stream. */
  source: string;
  model: string;
  /** More members of the provider in the plugin JSON. */
  provider?: JsonObject;
  /** More members of the client's request. */
  request?: JsonObject;
  /** `\n` when it is not given. */
  lineEnd?: string;
  /** Chunks, or other lines as they are. */
  stream: (JsonObject | string)[];
  upstream: { authority: string; path: string; headers: Record<string, string>; body: JsonObject };
  client: StreamEvent[];
}

/** With everything in it that some vendor takes amiss. */
const REQUEST: JsonObject = {
  model: "client-model",
  stream: true,
  stream_options: { include_usage: true },
  messages: [
    { role: "developer", content: "Be brief." },
    { role: "user", name: "ann", content: "Hi" },
    { role: "assistant", content: "Hello", reasoning_content: "A greeting.", reasoning_signature: "proof" },
    { role: "user", content: "Which colour has the sky?" },
  ],
  max_completion_tokens: 100,
  temperature: 1.5,
  presence_penalty: 0.5,
  seed: 7,
  stop: ["\n\n"],
  logprobs: false,
  user: "u-1",
  store: false,
};

const ROWS = listProviderTypes().filter((row) => row.protocol === Protocol.OpenAi);

function fileOf(row: ProviderType): string {
  return join(FOLDER, `${row.secondNameOf || row.name}.json`);
}

const openai = useOpenAiModule();
let translate: TranslateModule;
let config: ConfigModule;

beforeAll(async () => {
  await buildTestModule("translate");
  config = await ConfigModule.load();
}, 300_000);
beforeEach(async () => {
  translate = await TranslateModule.load();
});
afterEach(() => {
  expect(translate.close()).toBe(0);
});

test("every row of the catalogue has a page as its source and a fixture, and every fixture a row", () => {
  for (const row of ROWS) {
    expect([row.name, row.source]).toEqual([row.name, expect.stringMatching(/^https:\/\/[\w.-]+\/\S+$/)]);
    expect([row.name, row.withoutChat !== "" || existsSync(fileOf(row))]).toEqual([row.name, true]);
  }
  const names = ROWS.map((row) => row.name);
  const strangers = readdirSync(FOLDER).filter((file) => !names.includes(file.replace(/\.json$/, "")));
  expect(strangers).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(ROWS.filter((row) => row.withoutChat === "").map((row) => [row.name, row] as const))(
  "%s",
  (name, row) => {
    const file = fileOf(row);
    const fixture = JSON.parse(readFileSync(file, "utf8")) as Fixture;
    const save = (members: Partial<Fixture>): void => {
      const now = JSON.parse(readFileSync(file, "utf8")) as Fixture;
      const { source, model, provider, request, lineEnd, upstream, stream, client } = { ...now, ...members };
      const ordered = { source, model, provider, request, lineEnd, upstream, stream, client };
      // On one line, so that prettier breaks only what is too long for one.
      writeFileSync(file, `${JSON.stringify(ordered)}\n`);
    };

    test("[133] [136] is asked at its address, in its dialect", () => {
      expect(fixture.source).toMatch(/^https:\/\//);
      const request = { ...REQUEST, ...fixture.request };
      const target = { type: name, model: fixture.model, ...(fixture.provider ? { provider: fixture.provider } : {}) };
      const { status, path, headers, text } = translate.translate(target, request);
      expect(status).toBe(0);
      const plugin = { role: "gateway", providers: [{ id: "p", type: name, ...fixture.provider }] };
      const { authority } = config.accept(plugin).providers[0]!;
      const body = JSON.parse(text) as JsonObject;
      const upstream = { authority, path, headers, body };
      if (isUpdate && row.secondNameOf === "") save({ upstream });
      else expect(upstream).toEqual(fixture.upstream);
      expect(checkRow(row, body)).toBeNull();
    });

    test("[134] [135] its stream comes as one of OpenAI's, whole, byte by byte and at random splits", () => {
      const end = fixture.lineEnd ?? "\n";
      const lines = fixture.stream.map((entry) =>
        typeof entry === "string" ? entry : `data: ${JSON.stringify(entry)}`,
      );
      const bytes = new TextEncoder().encode(lines.map((line) => line + end + end).join(""));
      openai.module.useTarget(name, fixture.model);
      const texts = new Set<string>();
      for (const { chunks } of allSplits(bytes, 21)) {
        openai.module.readHead(REQUEST);
        const answer = openai.module.passStream(chunks);
        expect(answer.state).toBe("done");
        expect(answer.usage?.output).toBeGreaterThan(0);
        texts.add(answer.text);
      }
      expect(texts.size).toBe(1);
      const client = parseStream([...texts][0]!);
      const hasThoughts = row.reasoningMember !== "" || JSON.stringify(fixture.stream).includes("<think>");
      checkStream(client, hasThoughts);
      if (isUpdate && row.secondNameOf === "") save({ client });
      else expect(client).toEqual(fixture.client);
    });

    if (!row.hasReasoningTags) return;
    test("[134] [127] reasoning between tags in its text comes as that of all others", () => {
      openai.module.useTarget(name, fixture.model);
      for (const { name: split, chunks } of allSplits(new TextEncoder().encode(writeTagged(fixture)), 22)) {
        openai.module.readHead(REQUEST);
        const answer = openai.module.passStream(chunks);
        expect(answer.state, split).toBe("done");
        expect(answer.usage?.output).toBeGreaterThan(0);
        checkStream(parseStream(answer.text), true);
      }
    });
  },
);

/** The vendor's own stream, with its reasoning in the text instead of a member. */
function writeTagged(fixture: Fixture): string {
  const hasTags = JSON.stringify(fixture.stream).includes("<think>");
  let text = hasTags ? "" : "<think>Light scatters.</think>\n\n";
  const lines = fixture.stream.map((entry) => {
    if (typeof entry === "string") return entry;
    const copy = structuredClone(entry) as unknown as { choices?: { delta?: Record<string, unknown> }[] };
    for (const { delta } of copy.choices ?? []) {
      if (delta === undefined) continue;
      // Where it has a member of its own, that one is what the same vendor leaves out.
      if (!hasTags) for (const member of ["reasoning_content", "reasoning"]) delete delta[member];
      if (typeof delta["content"] !== "string" || delta["content"] === "") continue;
      delta["content"] = text + delta["content"];
      text = "";
    }
    return `data: ${JSON.stringify(copy)}`;
  });
  return lines.map((line) => `${line}\n\n`).join("");
}

/** What all clients rely on, whoever has answered. */
function checkStream(events: StreamEvent[], hasThoughts: boolean): void {
  expect(events.at(-1)).toBe("[DONE]");
  const chunks = events.slice(0, -1) as unknown as Chunk[];
  expect(new Set(chunks.map(({ id, object, model }) => `${id} ${object} ${model}`)).size).toBe(1);
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  expect(deltas.map(({ content }) => content ?? "").join("")).toBe("Blue");
  const thoughts = deltas.map((delta) => delta.reasoning_content ?? "").join("");
  expect(thoughts).toBe(hasThoughts ? "Light scatters." : "");
  expect(deltas.filter(({ reasoning }) => typeof reasoning === "string")).toEqual([]);
  expect(deltas.filter(({ role }) => role !== undefined && role !== null)).toHaveLength(1);
  expect(chunks.flatMap(({ choices }) => choices.flatMap((choice) => choice.finish_reason ?? []))).toEqual(["stop"]);
  expect(chunks.filter(({ usage }) => usage !== undefined && usage !== null)).toHaveLength(1);
}

interface Chunk {
  id: string;
  object: string;
  model: string;
  choices: {
    delta: { role?: string | null; content?: string | null; reasoning_content?: string | null; reasoning?: unknown };
    finish_reason: string | null;
  }[];
  usage?: object | null;
}
