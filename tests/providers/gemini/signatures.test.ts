import { expect, test } from "vitest";
import { TranslateModule } from "../../support/translate";

const module = await TranslateModule.load();

/** The signature that goes to the vendor with the one call of a history, whose id is `id` and which has these members beside. */
function signatureOf(model: string, id: string, more: object = {}): string | undefined {
  const call = { id, type: "function", function: { name: "look", arguments: "{}" }, ...more };
  const messages = [
    { role: "user", content: "Look." },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: id, content: "seen" },
  ];
  const translation = module.translate({ type: "gemini", model }, { model: "m", messages });
  expect(module.close()).toBe(0);
  const { contents } = JSON.parse(translation.text) as { contents: { parts: { thoughtSignature?: string }[] }[] };
  return contents[1]?.parts[0]?.thoughtSignature;
}

test.each([
  ["gemini-3-pro", "call_1__thought__CpEBAcu98PBk+x/2", "CpEBAcu98PBk+x/2"],
  ["gemini-3-pro", "call_1__thought__QUI=", "QUI="],
  ["gemini-3-pro", "call_1", "skip_thought_signature_validator"],
  ["gemini-2.5-flash", "call_1", undefined],
  // A client can send any id; the vendor refuses a signature that is not base64.
  ["gemini-3-pro", "call_1__thought__not base64", "skip_thought_signature_validator"],
  ["gemini-3-pro", "call_1__thought__QUJDR", "skip_thought_signature_validator"],
  ["gemini-2.5-flash", "call_1__thought__QUJD5", undefined],
])("[85] %s, id %s: the signature is %s", (model, id, signature) => {
  expect(signatureOf(model, id)).toBe(signature);
});

const google = (thought_signature: unknown) => ({ extra_content: { google: { thought_signature } } });

test.each([
  ["call_1", google("QUJD"), "QUJD"],
  ["call_1__thought__QUI=", google("QUJD"), "QUI="],
  ["call_1__thought__QUJDR", google("QUJD"), "QUJD"],
  ["call_1", google("not base64"), "skip_thought_signature_validator"],
  ["call_1", google(7), "skip_thought_signature_validator"],
  ["call_1", google(null), "skip_thought_signature_validator"],
  ["call_1", { extra_content: "x" }, "skip_thought_signature_validator"],
  ["call_1", { extra_content: { google: [] } }, "skip_thought_signature_validator"],
])("[85] id %s with %j, as Google's OpenAI-compatible API gives it: %s", (id, more, signature) => {
  expect(signatureOf("gemini-3-pro", id, more)).toBe(signature);
});
