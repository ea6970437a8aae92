import { describe, expect, test } from "vitest";
import { checkSdkType, PROTOCOLS_WITH_TYPES } from "../providers/suite/sdk-types";
import { validatorOf } from "../support/type-schema";

/** Bodies that the vendors take, and the same with one mistake each, which their SDK's types must find. */
const BODIES: Record<string, [path: string, good: object, ...bad: object[]]> = {
  openai: [
    "/v1/chat/completions",
    { model: "m", messages: [{ role: "user", content: "x" }], temperature: 1 },
    { model: "m", messages: [{ role: "user", content: "x", more: 1 }] },
    { model: "m", messages: [{ role: "user", content: [{ type: "picture" }] }] },
    { model: "m", messages: [{ role: "user", content: "x" }], temperature: "1" },
  ],
  anthropic: [
    "/v1/messages",
    { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "text", text: "x" }] }], top_k: 1 },
    { model: "m", messages: [{ role: "user", content: "x" }] },
    { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "text" }] }] },
  ],
  gemini: [
    "/v1beta/models/m:generateContent",
    { contents: [{ role: "user", parts: [{ text: "x" }] }], generationConfig: { topP: 0.5, stopSequences: ["a"] } },
    { contents: [{ role: "user", parts: [{ text: "x" }] }], generationConfig: { top_p: 0.5 } },
    { contents: [{ role: "user", parts: [{ text: "x" }] }], generationConfig: { stopSequences: "a" } },
    { contents: [{ role: "user", content: [] }] },
  ],
  vertex: [
    "/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict",
    { anthropic_version: "vertex-2023-10-16", max_tokens: 1, messages: [{ role: "user", content: "x" }] },
    { anthropic_version: "vertex-2023-10-16", max_tokens: 1, messages: [{ role: "user", content: "x" }], model: "m" },
    { max_tokens: 1, messages: [{ role: "user", content: "x" }] },
  ],
  bedrock: [
    "/model/m/converse",
    { messages: [{ role: "user", content: [{ image: { format: "png", source: { bytes: "AAAA" } } }] }] },
    { messages: [{ role: "user", content: [{ image: { format: "bmp", source: { bytes: "AAAA" } } }] }] },
    { messages: [{ role: "user", content: [{ image: { format: "png", source: { bytes: "data:x" } } }] }] },
    { messages: [{ role: "user", content: [{ picture: {} }] }] },
    { messages: [{ role: "user", content: [{ text: "x" }] }], modelId: "m" },
  ],
  cohere: [
    "/v2/chat",
    { model: "m", messages: [{ role: "user", content: "x" }], p: 0.5, stream: true, stop_sequences: ["a"] },
    { model: "m", messages: [{ role: "user", content: "x" }], top_p: 0.5, stream: true },
    { model: "m", messages: [{ role: "developer", content: "x" }], stream: true },
  ],
  ollama: [
    "/api/chat",
    { model: "m", messages: [{ role: "user", content: "x" }], options: { num_predict: 5, stop: ["a"] }, stream: false },
    { model: "m", messages: [{ role: "user", content: "x" }], options: { max_tokens: 5 } },
    { model: "m", messages: [{ role: "user", content: ["x"] }] },
  ],
};

describe.each(PROTOCOLS_WITH_TYPES)("the type in the SDK of %s", (protocol) => {
  const [path, good, ...bad] = BODIES[protocol] ?? ["", {}];

  test("takes what is right", () => {
    expect(checkSdkType(protocol, { path, text: JSON.stringify(good) })).toBeNull();
  });

  test.each(bad)("finds the mistake in %j", (body) => {
    expect(checkSdkType(protocol, { path, text: JSON.stringify(body) })).toEqual(expect.stringMatching(/./));
  });
});

test("a type that cannot be read is an error, not a validator that takes everything", () => {
  expect(() => validatorOf({ declarations: 'import type { Nothing } from "ollama"; type Root = Nothing;' })).toThrow();
  expect(() => validatorOf({ declarations: "type Other = string;" })).toThrow();
});
