import { fileURLToPath } from "node:url";
import { GoogleGenAI, type GenerateContentResponse } from "@google/genai";
import { expect, test } from "vitest";
import { validateGeminiRequest } from "../../mocks/gemini-validate";
import { testFixtures } from "../../support/fixture-tests";
import { type Fixture, readFixtures } from "../../support/fixtures";
import { parseStream } from "../../support/translate";

const FAILURES: Record<string, string> = { "overloaded-stream": "overloaded", "truncated-stream": "stream-error" };
const folder = new URL("fixtures/", import.meta.url);

await testFixtures({
  folder,
  items: {
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
  },
  target: { type: "gemini" },
  validate: ({ path, headers, text }) => validateGeminiRequest(path, headers, text),
  path: (_, { model, stream }) =>
    `/v1beta/models/${model}:${stream === true ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  headers: () => ({ "x-goog-api-key": "test-key" }),
  failures: FAILURES,
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

const readable = readFixtures(fileURLToPath(folder)).filter(({ name }) => !(name in FAILURES));

test.each(readable)("$name: Google's SDK reads the same texts and calls", async (fixture) => {
  const parts = (await askWithSdk(fixture)).flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const said = parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
  const calls = parts.flatMap(({ functionCall: called }) => (called ? [{ name: called.name, args: called.args }] : []));
  const { text, calls: ours } = readOurs(fixture);
  if (fixture.name === "format-tool-stream") {
    expect([JSON.parse(text), ours]).toEqual([calls[0]?.args, []]);
  } else expect([text, ours]).toEqual([said, calls]);
});
