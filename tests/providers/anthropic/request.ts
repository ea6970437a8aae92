import type Anthropic from "@anthropic-ai/sdk";
import { expect } from "vitest";
import { validateAnthropicRequest } from "../../mocks/anthropic-validate";
import type { Member } from "../../support/messages";
import { type ErrorEnvelope, TranslateModule } from "../../support/translate";

/** A model without any quirk that matters to most tests. */
export const PLAIN_MODEL = "claude-sonnet-4-20250514";

/** The body that Anthropic's own SDK would send, and the sampling parameters that its types no longer show. */
export type Upstream = Anthropic.MessageCreateParams & { temperature?: number; top_p?: number; top_k?: number };
const module = await TranslateModule.load();

export interface Options {
  model?: string;
  defaultMaxTokens?: number;
  /** Whether the vendor would reject the request, which then is not checked for validity. */
  isRejected?: boolean;
}

/** Translates members beside a model and one user message (unless given), and checks that the vendor would take the result. */
export function translate(members: Member, options: Options = {}): Upstream {
  const { text } = translateText(members, options);
  return JSON.parse(text) as Upstream;
}

/** Like `translate`, with the exact text of the body. */
export function translateText(members: Member | string, options: Options = {}): { text: string; again: string } {
  const model = options.model ?? PLAIN_MODEL;
  const target = { type: "claude", model, defaultMaxTokens: options.defaultMaxTokens ?? 4096 };
  const body =
    typeof members === "string"
      ? members
      : { model: "client-model", messages: [{ role: "user", content: "Hello" }], ...members };
  const translation = module.translate(target, body);
  expect(translation.error).toBeNull();
  expect(translation.status).toBe(0);
  const again = module.writeBodyAgain();
  expect(module.close()).toBe(0);
  expect(again).toBe(translation.text);
  const rejection = validateAnthropicRequest(JSON.parse(translation.text), translation.headers);
  if (options.isRejected !== true) expect(rejection).toBeNull();
  return { text: translation.text, again };
}

/** Translates a request that must be refused and gives the error. */
export function refuse(members: Member, model = PLAIN_MODEL): ErrorEnvelope["error"] & { status: number } {
  const body = { model: "client-model", messages: [{ role: "user", content: "Hello" }], ...members };
  const translation = module.translate({ type: "claude", model }, body);
  expect(module.close()).toBe(0);
  expect(translation.text).toBe("");
  if (translation.error === null) throw new Error("the request was not refused");
  return { ...translation.error.error, status: translation.status };
}
