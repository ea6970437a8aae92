import { expect, test } from "vitest";
import { validateGeminiRequest } from "../../mocks/gemini-validate";
import { validateVertexRequest } from "../../mocks/vertex-validate";
import { SeededRandom } from "../../support/chunking";
import { generateRequest, renderJson } from "../../support/request-generator";
import { type Target, TranslateModule } from "../../support/translate";
import { callsOf, type Member, textsOf } from "../../support/messages";
import { adapter as vertex } from "../vertex/adapter";
import { adapter as gemini } from "./adapter";

const REQUESTS = 900;
/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;

/** Google knows no files of others: such parts are taken out, so that the rest is tried. */
function withoutFileIds(body: { messages: Member[] }): void {
  for (const message of body.messages) {
    if (!Array.isArray(message["content"])) continue;
    for (const part of message["content"] as Member[]) {
      const file = part["file"] as Member | undefined;
      if (file?.["file_id"] === undefined) continue;
      delete file["file_id"];
      file["file_data"] = "data:text/plain;base64,SGFsbG8=";
    }
  }
}

const isClaude = ({ model }: Target) => model.startsWith("claude");

test(
  "[82] [83] [84] [85] [88] generated requests: Google would take them, nothing is lost, every spelling gives the same",
  async () => {
    const module = await TranslateModule.load();
    const random = new SeededRandom(20261124);
    const targets = [gemini, vertex].flatMap((each) => [each.target, ...(each.corpusTargets ?? [])]);
    for (let round = 0; round < REQUESTS; round++) {
      const { body, endsWithAssistant } = generateRequest(random);
      const target = random.pick(targets);
      if (isClaude(target) && endsWithAssistant) continue;
      if (!isClaude(target)) withoutFileIds(body);
      const translation = module.translate(target, body);
      const context = `request ${String(round)} for ${target.model}: ${JSON.stringify(body)}`;
      expect(translation.error, context).toBeNull();
      const { path, headers, text } = translation;
      const validate = target.type === "vertex" ? validateVertexRequest : validateGeminiRequest;
      expect(validate(path, headers, text), `${context}\n${text}`).toBeNull();
      if (!isClaude(target)) {
        const said = gemini.readRequest(translation);
        expect(said.system, context).toEqual(textsOf(body.messages, ["system", "developer"]));
        const spoken = (role: string) => said.turns.filter((turn) => turn.role === role).flatMap((turn) => turn.texts);
        expect(spoken("user"), context).toEqual(textsOf(body.messages, ["user"]));
        expect(spoken("assistant"), context).toEqual(textsOf(body.messages, ["assistant"]));
        const calls = said.turns.flatMap((turn) => turn.toolCalls);
        expect(calls, context).toEqual(callsOf(body.messages));
        expect(said.turns.flatMap((turn) => turn.toolResults)).toHaveLength(calls.length);
      }
      const respelled = module.translate(target, renderJson(body, random));
      expect(JSON.parse(respelled.text), context).toEqual(JSON.parse(text));
      expect(module.close()).toBe(0);
    }
  },
  TIME_LIMIT,
);
