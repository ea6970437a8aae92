import { listVertexVariants } from "../../assembly/providers/vertex/types";
import { styleOf } from "./compatible";
import { checkRow } from "./compatible-check";
import { refuseAsGoogle } from "./gemini";
import { geminiRules } from "./gemini-models";
import { answerChat } from "./openai-answer";
import { type Answer, type AnswerWishes, isObject, type JsonObject, textOf } from "./types";

const PATH = /^\/v1(?:beta1)?\/projects\/[a-z][\w-]+\/locations\/[a-z0-9-]+\/endpoints\/openapi\/chat\/completions$/;

/** Vertex AI's OpenAI-compatible API. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/start/openai */
export function answerCompatible(path: string, body: JsonObject, wishes: AnswerWishes): Answer {
  const [row] = listVertexVariants();
  if (row === undefined || !PATH.test(path)) return refuseAsGoogle(404, null, [], true);
  if (!isObject(body)) return refuseAsGoogle(400, "The body is no JSON object.", [], true);
  const [, model = ""] = /^google\/(.+)$/.exec(textOf(body.model)) ?? [];
  if (geminiRules(model) === null)
    return refuseAsGoogle(400, `Malformed publisher model (model: ${textOf(body.model)}).`, [], true);
  const problem = checkRow(row, body);
  if (problem !== null) return refuseAsGoogle(400, problem, [], true);
  return answerChat(body, styleOf(row), wishes);
}
