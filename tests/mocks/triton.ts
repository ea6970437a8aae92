import { parseBody } from "./entrance";
import { composeReply, type Prompt, splitText } from "./reply";
import {
  type Answer,
  type AnswerWishes,
  isObject,
  type Json,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
  textOf,
} from "./types";

const PATH = /^\/v2\/models\/([^/]+)(?:\/versions\/(\d+))?\/generate(_stream)?$/;
const FOREIGN = /^(x-api-key|api-key|anthropic-.*|x-goog-.*|x-amz-.*|x-tc-.*|x-modelmux-.*)$/;

/** https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html */
function refuse(status: number, error: string): UnaryAnswer {
  return { kind: "unary", status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error }) };
}

function checkBody(body: JsonObject, streams: boolean): string | null {
  const unknown = Object.keys(body).find((name) => name !== "text_input" && name !== "parameters");
  if (unknown !== undefined) return `unexpected member ${unknown}`;
  if (typeof body.text_input !== "string" || body.text_input === "") return "expected string for text_input";
  if (!isObject(body.parameters)) return "expected object for parameters";
  for (const [name, value] of Object.entries(body.parameters)) {
    if (!["string", "number", "boolean"].includes(typeof value)) return `parameter '${name}' has an invalid type`;
  }
  return body.parameters.stream === streams ? null : "the parameter stream does not fit the endpoint";
}

function readPrompt(model: string, body: JsonObject, wishes: AnswerWishes): Prompt {
  const text = textOf(body.text_input);
  const parameters = body.parameters as JsonObject;
  const spoken = /(?:^|\n\n)User: (?![^]*\n\nUser: )([^]*?)(?:\n\nAssistant:)?$/.exec(text);
  return {
    model,
    vendorTitle: "Triton",
    allText: text,
    userText: spoken?.[1] ?? text,
    attachments: [],
    toolResults: [],
    tools: [],
    toolChoice: "none",
    parallelToolCalls: false,
    schema: null,
    reasoning: false,
    maxTokens: parameters.max_tokens === undefined ? null : Number(parameters.max_tokens),
    stop: parameters.stop === undefined ? [] : [textOf(parameters.stop)],
    textBytes: wishes.textBytes,
  };
}

/** NVIDIA's Triton server with a vLLM model. */
export const triton: Vendor = {
  name: "triton",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    const [, model, version = "1", streamed] = PATH.exec(request.path) ?? [];
    if (model === undefined || request.method !== "POST") return refuse(404, "Not Found");
    const foreign = Object.keys(request.headers).find((name) => FOREIGN.test(name));
    if (foreign !== undefined) return refuse(400, `header ${foreign} does not belong here`);
    const { authorization } = request.headers;
    // The server has no keys; a proxy in front of it may want one.
    if (authorization !== undefined && authorization !== `Bearer ${key}`) return refuse(401, "wrong key");
    const body = parseBody(request.body)?.value as Json;
    if (!isObject(body)) return refuse(400, "failed to parse the request JSON buffer");
    const problem = checkBody(body, streamed !== undefined);
    if (problem !== null) return refuse(400, problem);
    const reply = composeReply(readPrompt(decodeURIComponent(model), body, wishes));
    const head = { model_name: decodeURIComponent(model), model_version: version };
    const asEvents = wishes.form === "as-asked" ? streamed !== undefined : wishes.form === "events";
    if (asEvents) {
      const events = splitText(reply.text).map(
        (text_output) => `data: ${JSON.stringify({ ...head, text_output })}\n\n`,
      );
      if (wishes.withoutLastEvent) events.pop();
      return { kind: "events", status: 200, headers: { "content-type": "text/event-stream; charset=utf-8" }, events };
    }
    const text = JSON.stringify({ ...head, text_output: reply.text });
    return { kind: "unary", status: 200, headers: { "content-type": "application/json" }, body: text };
  },

  errorAnswer: (status, message) => refuse(status, message ?? `Mock error with status ${status}.`),

  errorEvent: (message) => `data: ${JSON.stringify({ error: message ?? "inference failed" })}\n\n`,
};
