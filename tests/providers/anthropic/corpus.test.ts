import { expect, test } from "vitest";
import { validateAnthropicRequest } from "../../mocks/anthropic-validate";
import { SeededRandom } from "../../support/chunking";
import { callsOf, type Member, textsOf } from "../../support/messages";
import { generateRequest, renderJson } from "../../support/request-generator";
import { TranslateModule } from "../../support/translate";

const REQUESTS = 600;
/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;

/** Models that accept a prefill, and the newer ones that do not. */
const OLDER_MODELS = [
  "claude-3-5-haiku-20241022",
  "claude-3-7-sonnet-20250219",
  "claude-sonnet-4-20250514",
  "claude-opus-4-1-20250805",
  "claude-sonnet-4-5",
  "claude-haiku-4-5-20251001",
  "claude-opus-4-5-20251101",
  "kimi-k2-thinking",
];
const NEWER_MODELS = [
  "claude-opus-4-6",
  "claude-sonnet-4-6",
  "claude-opus-4-8",
  "claude-mythos-preview",
  "claude-sonnet-5",
  "claude-opus-5",
  "claude-fable-5",
  "claude-fable-5-1",
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
];

function sentCalls(messages: Member[]): unknown[] {
  return messages
    .flatMap((message) => message["content"] as Member[])
    .filter((block) => block["type"] === "tool_use")
    .map(({ name, input }) => ({ name, arguments: input }));
}

test(
  "[42] [43] [47] [51] [62] generated requests: Anthropic would take them, nothing is lost, every spelling gives the same",
  async () => {
    const module = await TranslateModule.load();
    const random = new SeededRandom(20261122);
    for (let round = 0; round < REQUESTS; round++) {
      const { body, endsWithAssistant } = generateRequest(random);
      const models = endsWithAssistant || random.chance(0.5) ? OLDER_MODELS : NEWER_MODELS;
      const target = { type: "claude", model: random.pick(models) };
      const translation = module.translate(target, body);
      const context = `request ${String(round)} for ${target.model}`;
      expect(translation.error, context).toBeNull();
      const upstream = JSON.parse(translation.text) as Member & { messages: Member[]; system?: Member[] };
      expect(validateAnthropicRequest(upstream, translation.headers), `${context}: ${JSON.stringify(body)}`).toBeNull();

      const system = (upstream.system ?? []).map((block) => block["text"]);
      expect(system, context).toEqual(textsOf(body.messages, ["system", "developer"]));
      expect(textsOf(upstream.messages, ["user"]), context).toEqual(textsOf(body.messages, ["user"]));
      const spoken = textsOf(body.messages, ["assistant"]).map((text, index, all) =>
        endsWithAssistant && index === all.length - 1 ? text.trimEnd() : text,
      );
      expect(textsOf(upstream.messages, ["assistant"]), context).toEqual(spoken);
      expect(sentCalls(upstream.messages), context).toEqual(callsOf(body.messages));

      const respelled = module.translate(target, renderJson(body, random));
      expect(JSON.parse(respelled.text), context).toEqual(upstream);
      expect(module.close()).toBe(0);
    }
  },
  TIME_LIMIT,
);
