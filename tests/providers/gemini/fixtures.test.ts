import { fileURLToPath } from "node:url";
import { GoogleGenAI, type GenerateContentResponse } from "@google/genai";
import { describe, expect, test } from "vitest";
import { validateGeminiRequest } from "../../mocks/gemini-validate";
import { allSplits } from "../../support/chunking";
import { type Fixture, readFixtures } from "../../support/fixtures";
import { type Answer, parseStream, TranslateModule } from "../../support/translate";

/** Checklist items that each exchange shows. */
const ITEMS: Record<string, string> = {
  blocked: "[95]",
  "filtered-stream": "[94] [96]",
  "format-tool-stream": "[89] [90] [98]",
  grounding: "[93]",
  image: "[86] [88] [93]",
  "json-schema": "[89]",
  "overloaded-stream": "[99]",
  text: "[81] [82] [88]",
  "text-stream": "[81] [97] [98]",
  "thinking-stream": "[92] [93] [97]",
  "thought-away": "[92] [96] [97]",
  "tool-results": "[83] [84] [85] [97]",
  "tools-stream": "[85] [90] [91] [94] [98]",
  "truncated-stream": "[98]",
};
const FAILURES: Record<string, string> = { "overloaded-stream": "overloaded", "truncated-stream": "stream-error" };

const module = await TranslateModule.load();
const fixtures = readFixtures(fileURLToPath(new URL("fixtures", import.meta.url)));

function send(fixture: Fixture) {
  const { model } = JSON.parse(fixture.request) as { model: string };
  return module.translate({ type: "gemini", model }, fixture.request);
}

/** Compact text of a JSON document: equal only when the members' order is, too. */
function compact(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

function checkFailure(fixture: Fixture, answer: Answer): void {
  const reason = FAILURES[fixture.name] ?? null;
  expect(answer.failure?.reason ?? null).toBe(reason);
  expect(answer.isDone).toBe(reason === null);
  expect(answer.hasContent).toBe(true);
}

test("every exchange has its items, and the other way round", () => {
  expect(fixtures.map(({ name }) => name).sort()).toEqual(Object.keys(ITEMS).sort());
});

/** What Google's SDK makes of the answer, and what it sent. */
async function askWithSdk(fixture: Fixture): Promise<GenerateContentResponse[]> {
  const type = fixture.isStream ? "text/event-stream" : "application/json";
  const fetched = globalThis.fetch;
  globalThis.fetch = () =>
    Promise.resolve(new Response(fixture.upstreamResponse, { headers: { "content-type": type } }));
  try {
    const client = new GoogleGenAI({ apiKey: "test-key", httpOptions: { baseUrl: "http://127.0.0.1:9" } });
    const asked = { model: "gemini-2.5-flash", contents: "Hi" };
    if (!fixture.isStream) return [await client.models.generateContent(asked)];
    const chunks: GenerateContentResponse[] = [];
    for await (const chunk of await client.models.generateContentStream(asked)) chunks.push(chunk);
    return chunks;
  } finally {
    globalThis.fetch = fetched;
  }
}

type Part = { content?: string | null; tool_calls?: { function: { name?: string; arguments: string } }[] };

/** Text and calls that the client of our translation gets. */
function readOurs(fixture: Fixture): { text: string; calls: unknown[] } {
  const parts = fixture.isStream
    ? parseStream(fixture.response).flatMap((each) =>
        each === "[DONE]" ? [] : (each["choices"] as { delta: Part }[]).map((choice) => choice.delta),
      )
    : (JSON.parse(fixture.response) as { choices: { message: Part }[] }).choices.map((choice) => choice.message);
  const calls: { name: string; text: string }[] = [];
  for (const { function: called } of parts.flatMap((part) => part.tool_calls ?? [])) {
    if (called.name !== undefined) calls.push({ name: called.name, text: "" });
    const open = calls.at(-1);
    if (open) open.text += called.arguments;
  }
  return {
    text: parts.map((part) => part.content ?? "").join(""),
    calls: calls.map(({ name, text }) => ({ name, args: JSON.parse(text) as unknown })),
  };
}

describe.each(fixtures)("$name", (fixture) => {
  const items = ITEMS[fixture.name] ?? "";

  test(`${items} request`, () => {
    const { text, headers, path } = send(fixture);
    expect(compact(text)).toBe(compact(fixture.upstreamRequest));
    expect(validateGeminiRequest(path, headers, text)).toBeNull();
    expect(headers).toEqual({ "x-goog-api-key": "test-key" });
    expect(module.close()).toBe(0);
  });

  test(`${items} response, however it is cut`, () => {
    const bytes = new TextEncoder().encode(fixture.upstreamResponse);
    for (const { chunks } of allSplits(bytes)) {
      send(fixture);
      const answer = module.answer(fixture.isStream, chunks);
      if (fixture.isStream) expect(answer.text).toBe(fixture.response);
      else expect(compact(answer.text)).toBe(compact(fixture.response));
      checkFailure(fixture, answer);
      expect(module.close()).toBe(0);
    }
  });

  test.skipIf(fixture.name in FAILURES)(`${items} Google's SDK reads the same texts and calls`, async () => {
    const parts = (await askWithSdk(fixture)).flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    const said = parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
    const calls = parts.flatMap(({ functionCall: called }) =>
      called ? [{ name: called.name, args: called.args }] : [],
    );
    const { text, calls: ours } = readOurs(fixture);
    if (fixture.name === "format-tool-stream") {
      expect([JSON.parse(text), ours]).toEqual([calls[0]?.args, []]);
    } else expect([text, ours]).toEqual([said, calls]);
  });
});
