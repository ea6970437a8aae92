import { expect, test } from "vitest";
import { testRobustness } from "../../support/robustness";
import { type Target, TranslateModule } from "../../support/translate";
import { call, candidate, stop, toBytes } from "./answer";
import { studio, vertex } from "./request";

const TARGETS: Target[] = [
  ...["gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-pro-preview", "other"].map((model) => studio(model)),
  vertex("gemini-3.8-flash"),
];

const USAGE = {
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, thoughtsTokenCount: 1, cachedContentTokenCount: 4 },
};
const LOGPROBS = {
  chosenCandidates: [{ token: "H", logProbability: -0.5 }],
  topCandidates: [{ candidates: [{ token: "H", logProbability: -0.5 }] }],
};
const GROUNDING = {
  groundingChunks: [{ web: { uri: "https://a.example", title: "A" } }],
  groundingSupports: [{ segment: { startIndex: 0, endIndex: 2 }, groundingChunkIndices: [0] }],
};

/** A stream with one of everything. */
const EVENTS = [
  candidate([{ text: "Hm 😀", thought: true, thoughtSignature: "QUFB" }], {}, USAGE),
  candidate([{ text: 'Grüße\n"x"' }], { logprobsResult: LOGPROBS }),
  candidate([{ inlineData: { mimeType: "image/png", data: "AAAA" } }, { executableCode: { code: "1" } }]),
  candidate([call("f", { a: [1, { b: 'x"\\' }] }, { thoughtSignature: "QUFB" }), call("json_tool_call", {})]),
  candidate([{ text: "" }], { ...stop, groundingMetadata: GROUNDING }, USAGE),
];
const ANSWER = candidate(
  [{ text: "Hm", thought: true }, { text: "Grüße" }, call("f", { a: [1] }), { codeExecutionResult: { output: "1" } }],
  { ...stop, logprobsResult: LOGPROBS, groundingMetadata: GROUNDING },
  USAGE,
);
const DETAILS = [{ retryDelay: "3.5s" }, { reason: "API_KEY_INVALID" }];
const ERROR = { error: { code: 429, message: "Over\nloaded", status: "RESOURCE_EXHAUSTED", details: DETAILS } };
const PLAIN = { model: "m", messages: [{ role: "user", content: "a" }] };
/** A format beside tools is the tool that stands for it. */
const FORMAT = {
  ...PLAIN,
  response_format: { type: "json_object" },
  tools: [{ type: "function", function: { name: "f" } }],
};

testRobustness({
  targets: TARGETS,
  requests: [PLAIN, FORMAT],
  streams: [EVENTS],
  wire: (events) => toBytes(events as object[]),
  answers: [ANSWER, ANSWER, EVENTS, ERROR, [ERROR]],
  errors: [ERROR],
});

test("a schema that grows without end is cut", async () => {
  const module = await TranslateModule.load();
  const names = Array.from({ length: 60 }, (_, index) => `p${String(index)}`);
  const properties = Object.fromEntries(names.map((name) => [name, { $ref: "#/$defs/a" }]));
  const schema = { type: "object", properties, $defs: { a: { type: "object", properties } } };
  const deep = JSON.parse('{"items":'.repeat(100) + "{}" + "}".repeat(100)) as object;
  for (const parameters of [schema, { type: "object", properties: { deep } }]) {
    const body = { ...PLAIN, tools: [{ type: "function", function: { name: "f", parameters } }] };
    const { error, text } = module.translate(studio("gemini-2.0-flash"), body);
    expect(error).toBeNull();
    expect(JSON.parse(text)).toHaveProperty("tools");
    expect(text.length).toBeLessThan(500_000);
    expect(module.close()).toBe(0);
  }
});
