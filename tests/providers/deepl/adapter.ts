import { deepl } from "../../mocks/deepl";
import { askMock, jsonAnswer, spokenOf, turnOf } from "../../support/adapter-tools";
import type { ProtocolAdapter, SpokenRequest, UpstreamRequest } from "../suite/adapter";

const TRANSLATES = "DeepL translates; it holds no conversation";
const TOOLS = "DeepL translates; it knows no tools";

function readRequest(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as { text: string[]; context?: string };
  return spokenOf({
    system: body.context === undefined ? [] : [body.context],
    turns: [turnOf("user", { texts: body.text })],
  });
}

const error = (message: string): string => JSON.stringify({ message });

/** DeepL's translation for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "deepl",
  title: "DeepL (translate)",
  target: { type: "deepl", model: "Pro", provider: { targetLang: "DE" } },
  corpusTargets: [{ type: "deepl", model: "latency_optimized", provider: { targetLang: "PT-BR" } }],
  answersWhole: true,
  refusals: [
    { message: /^Only one choice/, reason: "More than one choice: a translation has one" },
    { message: /^(Tools|Tool calls)/, reason: TOOLS },
    {
      message: /^JSON as response_format/,
      reason: "JSON as the form of the answer: a translation has the text's own form",
    },
    { message: /^(Images|Files|Audio input)/, reason: "Media: texts are translated only" },
    {
      message: /^messages: /,
      reason: "No text of the user, or more than 50: nothing that could be translated at once",
    },
  ],
  unsupported: {
    "multi-turn": TRANSLATES,
    "one tool": TOOLS,
    "parallel tools": TOOLS,
    "tool choice required": TOOLS,
    "tool choice named": TOOLS,
    "tool results": TOOLS,
    "image by URL": TRANSLATES,
    "image inline": TRANSLATES,
    "document inline": TRANSLATES,
    "JSON object": TRANSLATES,
    "JSON schema": TRANSLATES,
    "reasoning effort": TRANSLATES,
    "reasoning text": TRANSLATES,
    "stop sequences": TRANSLATES,
    "token limit": TRANSLATES,
    "temperature and top_p": TRANSLATES,
    usage: "DeepL counts characters, no tokens",
    "cached tokens": "DeepL counts characters, no tokens",
    "reasoning tokens": "DeepL counts characters, no tokens",
    "finish length": "A translation is never cut",
    "finish content filter": "A translation is never filtered",
    "error event before content": "DeepL never streams",
    "error event after content": "DeepL never streams",
    "changed provider midway": TRANSLATES,
    truncation: "DeepL never streams",
  },
  validate: (request) => askMock(deepl, request),
  readRequest,
  writeAnswer: (answer) => jsonAnswer({ translations: [{ detected_source_language: "EN", text: answer.text ?? "" }] }),
  writeStream: () => jsonAnswer({}),
  writeErrorStream: () => null,
  writeEmptyAnswer: () => jsonAnswer({ translations: [{ detected_source_language: "EN", text: "" }] }),
  errors: [
    { status: 400, body: error("Value for 'target_lang' not supported."), reason: "bad-request" },
    { status: 403, body: error("Wrong authorization key."), reason: "auth" },
    { status: 429, body: error("Too many requests"), reason: "rate-limit" },
    { status: 456, body: error("Quota Exceeded"), reason: "rate-limit" },
    { status: 500, body: error("Internal server error"), reason: "server-error" },
  ],
};
