import { triton } from "../../mocks/triton";
import { askMock, eventAnswer, halves, jsonAnswer, readTranscript, spokenOf } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type { NativeAnswer, ProtocolAdapter, SpokenAnswer, SpokenRequest, UpstreamRequest } from "../suite/adapter";

const TEXT = "A text goes in and a text comes out; the extension knows nothing else";
const TOOLS = "The extension knows no tools";
const HEAD = { model_name: "mymodel", model_version: "1" };
const FINISH = { stop: "stop", length: "length", tool_calls: "stop", content_filter: "stop" };

function readRequest(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as { text_input: string; parameters: Member };
  const { parameters } = body;
  // Of stop sequences a single one is sent (the recorded exchange shows it); the suite also asks for lists, which the extension has not.
  return spokenOf({
    ...readTranscript(body.text_input),
    maxTokens: parameters["max_tokens"] as number | undefined,
    temperature: parameters["temperature"] as number | undefined,
    topP: parameters["top_p"] as number | undefined,
    stream: parameters["stream"] as boolean,
  });
}

function writeStream(answer: SpokenAnswer, options: { noise?: boolean } = {}): NativeAnswer {
  const more = options.noise ? { sequence_id: 0, new_member: { deep: [1] } } : {};
  const pieces = halves(answer.text ?? "");
  const events = pieces.map((text_output, index) => ({
    ...HEAD,
    ...more,
    text_output,
    finish_reason: index === pieces.length - 1 ? FINISH[answer.finish] : "",
  }));
  return eventAnswer(events.map((event) => [null, event]));
}

const error = (text: string): string => JSON.stringify({ error: text });

/** Triton's generate extension for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "triton",
  title: "Triton (generate)",
  target: { type: "triton", model: "mymodel" },
  corpusTargets: [{ type: "triton", model: "my model/2", provider: { tritonModelVersion: "3" } }],
  refusals: [
    { message: /^Only one choice/, reason: "More than one choice: the extension gives one answer" },
    { message: /^(Tools|Tool calls)/, reason: TOOLS },
    { message: /^JSON as response_format/, reason: "JSON as the form of the answer: the extension has no word for it" },
    { message: /^(Images|Files|Audio input)/, reason: "Media: a text goes in and a text comes out" },
    { message: /^messages: at least one/, reason: "A conversation without any turn has nothing to answer" },
  ],
  unsupported: {
    "one tool": TOOLS,
    "parallel tools": TOOLS,
    "tool choice required": TOOLS,
    "tool choice named": TOOLS,
    "tool results": TOOLS,
    "image by URL": TEXT,
    "image inline": TEXT,
    "document inline": TEXT,
    "JSON object": TEXT,
    "JSON schema": TEXT,
    "reasoning effort": TEXT,
    "reasoning text": TEXT,
    "stop sequences": "One stop sequence is sent; parameters are no lists, so that several are left out",
    usage: "The extension reports no tokens",
    "cached tokens": "The extension reports no tokens",
    "reasoning tokens": "The extension reports no tokens",
    "finish content filter": TEXT,
    truncation: "The extension has no event that ends a stream; an end in the middle looks like one",
  },
  validate: (request) => askMock(triton, request),
  readRequest,
  writeAnswer: (answer) =>
    jsonAnswer({ ...HEAD, text_output: answer.text ?? "", finish_reason: FINISH[answer.finish] }),
  writeStream,
  writeErrorStream(afterContent) {
    const failed = { error: "inference failed" };
    return eventAnswer(
      (afterContent ? [{ ...HEAD, text_output: "Hel" }, failed] : [failed]).map((event) => [null, event]),
    );
  },
  writeEmptyAnswer: () => jsonAnswer({ ...HEAD, text_output: "" }),
  errors: [
    { status: 400, body: error("failed to parse the request JSON buffer"), reason: "bad-request" },
    { status: 401, body: error("unauthorized"), reason: "auth" },
    { status: 429, body: error("too many requests"), reason: "rate-limit" },
    { status: 500, body: error("in ensemble 'x', Failed to process the request"), reason: "server-error" },
    { status: 503, body: error("Server not ready"), reason: "overloaded" },
  ],
};
