import { dify } from "../../mocks/dify";
import { askMock, eventAnswer, halves, jsonAnswer, readTranscript, spokenOf } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type { NativeAnswer, ProtocolAdapter, SpokenAnswer, SpokenRequest, UpstreamRequest } from "../suite/adapter";

const HEAD = {
  task_id: "c3800678-a077-43df-a102-53f23ed20b88",
  message_id: "9da23599-e713-473b-982c-4328d4f5c78a",
  conversation_id: "45701982-8118-4bc5-8e9b-64562b4555f2",
};
const CREATED = { created_at: 1705407629 };
const TOOLS = "The tools of an app belong to the app; the API takes none";
const APP = "The app itself has the model and its parameters; the API takes none";

function readRequest(request: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(request.text) as Member;
  const text = (body["query"] ?? Object.values(body["inputs"] as Member).at(-1)) as string;
  const { system, turns } = readTranscript(text);
  const files = (body["files"] ?? []) as { type: string; url: string }[];
  const urls = (type: string) => files.filter((file) => file.type === type).map((file) => file.url);
  turns.at(-1)?.images.push(...urls("image"));
  turns.at(-1)?.documents.push(...urls("document"));
  return spokenOf({ system, turns, stream: body["response_mode"] === "streaming" });
}

function metadata({ usage: { input, output } }: SpokenAnswer): Member {
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output, latency: 0.7 };
  return { metadata: { usage, retriever_resources: [] } };
}

function writeStream(answer: SpokenAnswer, options: { noise?: boolean; withoutEnd?: boolean } = {}): NativeAnswer {
  const more = options.noise ? { new_member: { deep: [1] } } : {};
  const noise = options.noise
    ? [
        { event: "brand_new", answer: "no" },
        { event: "agent_thought", thought: "t" },
      ]
    : [];
  const pieces = halves(answer.text ?? "").map((piece) => ({ event: "message", ...HEAD, ...CREATED, answer: piece }));
  const end = { event: "message_end", ...HEAD, ...metadata(answer) };
  const events = [...noise, ...pieces, ...noise, ...(options.withoutEnd ? [] : [end])];
  return eventAnswer(events.map((event) => [null, { ...event, ...more }]));
}

/** Dify's apps for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "dify",
  title: "Dify (apps)",
  target: { type: "dify", model: "my-app" },
  corpusTargets: [
    { type: "dify", model: "my-agent", provider: { botType: "Agent" } },
    { type: "dify", model: "my-completion", provider: { botType: "Completion" } },
    { type: "dify", model: "my-workflow", provider: { botType: "Workflow", inputVariable: "question" } },
  ],
  refusals: [
    { message: /^Only one choice/, reason: "More than one choice: the API gives one answer" },
    { message: /^(Tools|Tool calls)/, reason: TOOLS },
    { message: /^JSON as response_format/, reason: "JSON as the form of the answer: the API has no word for it" },
    { message: /^Unsupported (image|file)/, reason: "Inline images and files: Dify fetches URLs only" },
    { message: /^(Audio input|Images and files)/, reason: "Audio, and media of others than the user: no word for it" },
    { message: /^messages: at least one/, reason: "A conversation without any turn has nothing to answer" },
  ],
  unsupported: {
    "one tool": TOOLS,
    "parallel tools": TOOLS,
    "tool choice required": TOOLS,
    "tool choice named": TOOLS,
    "tool results": TOOLS,
    "image inline": "Dify fetches URLs only; inline images would have to be uploaded first",
    "document inline": "Dify fetches URLs only; inline files would have to be uploaded first",
    "JSON object": "The API has no word for the form of the answer",
    "JSON schema": "The API has no word for the form of the answer",
    "reasoning effort": APP,
    "reasoning text": "The API does not tell reasoning apart from the answer",
    "stop sequences": APP,
    "token limit": APP,
    "temperature and top_p": APP,
    "cached tokens": "The API does not report them",
    "reasoning tokens": "The API does not report them",
    "finish length": "The API does not say why an answer ends",
    "finish content filter": "The API does not say why an answer ends; message_replace is told as content_filter",
  },
  validate: (request) => askMock(dify, request),
  readRequest,
  writeAnswer: (answer) =>
    jsonAnswer({ event: "message", ...HEAD, ...CREATED, mode: "chat", answer: answer.text ?? "", ...metadata(answer) }),
  writeStream,
  writeErrorStream(afterContent) {
    const error = { event: "error", ...HEAD, status: 400, code: "completion_request_error", message: "Server down" };
    const text = { event: "message", ...HEAD, ...CREATED, answer: "Hel" };
    return eventAnswer((afterContent ? [text, error] : [error]).map((event) => [null, event]));
  },
  writeEmptyAnswer: () => jsonAnswer({ event: "message", ...HEAD, ...CREATED, mode: "chat", answer: "", metadata: {} }),
  errors: [
    {
      status: 400,
      body: '{"code":"invalid_param","message":"Arg user must be provided.","status":400}',
      reason: "bad-request",
    },
    { status: 401, body: '{"code":"unauthorized","message":"Access token is invalid","status":401}', reason: "auth" },
    {
      status: 404,
      body: '{"code":"not_found","message":"Conversation Not Exists.","status":404}',
      reason: "not-found",
    },
    {
      status: 429,
      body: '{"code":"too_many_requests","message":"Too many requests.","status":429}',
      reason: "rate-limit",
    },
    {
      status: 400,
      body: '{"code":"provider_quota_exceeded","message":"Your quota has been exhausted.","status":400}',
      reason: "rate-limit",
    },
    {
      status: 400,
      body: '{"code":"completion_request_error","message":"Completion request failed.","status":400}',
      reason: "server-error",
    },
    {
      status: 500,
      body: '{"code":"internal_server_error","message":"Internal server error","status":500}',
      reason: "server-error",
    },
  ],
};
