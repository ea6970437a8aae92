import { expect, test } from "vitest";
import { TranslateModule } from "../../support/translate";
import { adapter } from "./adapter";

const module = await TranslateModule.load();

test.each([{ text_output: 5 }, { text_output: [] }, { text_output: null }, {}])(
  "%j holds no text: it fails",
  (output) => {
    const body = { model: "m", messages: [{ role: "user", content: "a" }] };
    expect(module.translate(adapter.target, body).error).toBeNull();
    const bytes = new TextEncoder().encode(JSON.stringify({ model_name: "mymodel", ...output }));
    const answer = module.answer(false, [bytes]);
    expect(answer.failure).toMatchObject({ reason: "stream-error", status: 502 });
    expect(answer.text).toBe("");
    expect(module.close()).toBe(0);
  },
);
