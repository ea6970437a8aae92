import type { Content, GenerationConfig, SafetySetting, Tool, ToolConfig } from "@google/genai";
import { expect } from "vitest";
import { validateGeminiRequest } from "../../mocks/gemini-validate";
import { validateVertexRequest } from "../../mocks/vertex-validate";
import type { Member } from "../../support/messages";
import { type ErrorEnvelope, type Target, TranslateModule, type Translation } from "../../support/translate";

/** The body of `generateContent` in the SDK's words. */
export interface Upstream {
  contents: Content[];
  systemInstruction?: Content;
  tools?: Tool[];
  toolConfig?: ToolConfig;
  generationConfig?: GenerationConfig;
  safetySettings?: SafetySetting[];
  cachedContent?: string;
  labels?: Record<string, string>;
}

const module = await TranslateModule.load();

/** A target of AI Studio, or one of a project at Vertex AI. */
export const studio = (model = "gemini-2.5-flash", provider: Member = {}): Target => ({
  type: "gemini",
  model,
  provider,
});
export const vertex = (model = "gemini-2.5-flash", provider: Member = {}): Target => ({
  type: "vertex",
  model,
  provider: { vertexProjectId: "my-project", vertexRegion: "us-central1", ...provider },
});

/** Translates members beside a model and one user message (unless given), and checks that Google would take the result. */
export function send(members: Member, target: Target = studio()): Translation {
  const body = { model: "client-model", messages: [{ role: "user", content: "Hello" }], ...members };
  const translation = module.translate(target, body);
  expect(translation.error).toBeNull();
  const again = module.writeBodyAgain();
  expect(module.close()).toBe(0);
  expect(again).toBe(translation.text);
  const validate = target.type === "vertex" ? validateVertexRequest : validateGeminiRequest;
  expect(validate(translation.path, translation.headers, translation.text)).toBeNull();
  return translation;
}

/** The body of such a request. */
export function translate(members: Member, model = "gemini-2.5-flash"): Upstream {
  return JSON.parse(send(members, studio(model)).text) as Upstream;
}

/** Translates a request that must be refused and gives the error. */
export function refuse(members: Member, target: Target = studio()): ErrorEnvelope["error"] & { status: number } {
  const body = { model: "client-model", messages: [{ role: "user", content: "Hello" }], ...members };
  const translation = module.translate(target, body);
  expect(module.close()).toBe(0);
  expect(translation.text).toBe("");
  if (translation.error === null) throw new Error("the request was not refused");
  return { ...translation.error.error, status: translation.status };
}
