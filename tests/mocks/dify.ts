import { checkHeaders, parseBody } from "./entrance";
import { composeReply, describeMedia, hash, type Prompt, type Reply, splitText } from "./reply";
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

const PATHS = ["/v1/chat-messages", "/v1/completion-messages", "/v1/workflows/run"];
const WORKFLOW = "/v1/workflows/run";
const MEMBERS = ["inputs", "query", "response_mode", "user", "conversation_id", "files", "auto_generate_name"];
const FILE_TYPES = ["document", "image", "audio", "video", "custom"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** https://docs.dify.ai/api-reference/chat/send-chat-message (errors) */
const STATUS_ERRORS: Record<number, [code: string, message: string]> = {
  400: ["invalid_param", "The parameter is invalid."],
  401: ["unauthorized", "Access token is invalid"],
  403: ["forbidden", "You don't have the permission to access the requested resource."],
  404: ["not_found", "Conversation Not Exists."],
  413: ["file_too_large", "File size exceeded."],
  429: ["too_many_requests", "Too many requests. Please try again later."],
  500: ["internal_server_error", "Internal server error"],
  503: ["service_unavailable", "Service unavailable"],
};

function refuse(status: number, code: string, message: string): UnaryAnswer {
  const body = JSON.stringify({ code, message, status });
  return { kind: "unary", status, headers: { "content-type": "application/json" }, body };
}
const invalid = (message: string): UnaryAnswer => refuse(400, "invalid_param", message);

function checkFile(file: Json): string | null {
  if (!isObject(file)) return "files must hold objects";
  if (!FILE_TYPES.includes(textOf(file.type))) return "Invalid file type";
  if (file.transfer_method !== "remote_url") return "Invalid transfer method";
  if (!/^https?:\/\/./.test(textOf(file.url))) return "Missing file url";
  return null;
}

function checkBody(path: string, body: JsonObject): UnaryAnswer | null {
  const unknown = Object.keys(body).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) return invalid(`Unexpected argument ${unknown}`);
  if (!isObject(body.inputs)) return invalid("inputs: Missing required parameter in the JSON body");
  if (typeof body.user !== "string" || body.user === "") return invalid("Arg user must be provided.");
  if (!["blocking", "streaming"].includes(textOf(body.response_mode))) return invalid("response_mode is not valid");
  const isChat = path === "/v1/chat-messages";
  if (isChat && (typeof body.query !== "string" || body.query === "")) return invalid("query is required");
  if (!isChat && body.query !== undefined) return invalid("query belongs into inputs");
  if (!isChat && (body.conversation_id !== undefined || body.auto_generate_name !== undefined))
    return invalid("there is no conversation");
  if (!isChat && Object.keys(body.inputs).length === 0) return invalid("inputs is required in input form");
  if (body.conversation_id !== undefined && !UUID.test(textOf(body.conversation_id)))
    return invalid(`${textOf(body.conversation_id)} is not a valid uuid.`);
  if (body.files === undefined) return null;
  if (!Array.isArray(body.files)) return invalid("files must be a list");
  const problem = body.files.map(checkFile).find((each) => each !== null);
  return problem === undefined || problem === null ? null : invalid(problem);
}

function uuid(seed: string): string {
  const digits = [0, 1, 2, 3].map((part) => hash(`${seed}${part}`)).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function readPrompt(body: JsonObject, wishes: AnswerWishes): Prompt {
  const inputs = body.inputs as JsonObject;
  const text = textOf(body.query ?? Object.values(inputs).at(-1));
  const spoken = /(?:^|\n\n)User: (?![^]*\n\nUser: )([^]*)$/.exec(text);
  return {
    model: "the app's model",
    vendorTitle: "Dify",
    allText: text,
    userText: spoken?.[1] ?? text,
    attachments: ((body.files ?? []) as JsonObject[]).map((file) =>
      describeMedia(file.type === "image" ? "image" : "document", textOf(file.url)),
    ),
    toolResults: [],
    tools: [],
    toolChoice: "auto",
    parallelToolCalls: false,
    schema: null,
    reasoning: false,
    maxTokens: null,
    stop: [],
    textBytes: wishes.textBytes,
  };
}

function usageOf(reply: Reply): JsonObject {
  const { input, output } = reply.usage;
  return {
    prompt_tokens: input,
    prompt_unit_price: "0.001",
    completion_tokens: output,
    completion_unit_price: "0.002",
    total_tokens: input + output,
    total_price: "0.0012890",
    currency: "USD",
    latency: 0.7682376249867957,
  };
}

/** The ids of one answer. */
function headOf(body: JsonObject): JsonObject {
  const seed = JSON.stringify(body);
  return {
    task_id: uuid(`${seed}task`),
    message_id: uuid(`${seed}message`),
    conversation_id: body.conversation_id ?? uuid(`${seed}conversation`),
  };
}

function answerMessage(path: string, body: JsonObject, reply: Reply): JsonObject {
  const { conversation_id, ...others } = headOf(body);
  return {
    event: "message",
    ...others,
    id: others.message_id!,
    ...(path === "/v1/chat-messages" ? { conversation_id: conversation_id! } : {}),
    mode: path === "/v1/chat-messages" ? "chat" : "completion",
    answer: reply.text,
    metadata: { usage: usageOf(reply), retriever_resources: [] },
    created_at: 1705407629,
  };
}

function answerRun(body: JsonObject, reply: Reply): JsonObject {
  const run = uuid(`${JSON.stringify(body)}run`);
  const data = {
    id: run,
    workflow_id: uuid("workflow"),
    status: "succeeded",
    outputs: { text: reply.text },
    error: null,
    elapsed_time: 0.875,
    total_tokens: reply.usage.input + reply.usage.output,
    total_steps: 3,
    created_at: 1705407629,
    finished_at: 1727807631,
  };
  return { workflow_run_id: run, task_id: uuid("task"), data };
}

const event = (data: JsonObject): string => `data: ${JSON.stringify(data)}\n\n`;

function eventsOf(path: string, body: JsonObject, reply: Reply): string[] {
  const head: JsonObject = { ...headOf(body), created_at: 1679586595 };
  if (path === WORKFLOW) {
    const run = answerRun(body, reply);
    const ids = { task_id: run.task_id!, workflow_run_id: run.workflow_run_id! };
    const data = run.data as JsonObject;
    return [
      event({ event: "workflow_started", ...ids, data: { id: data.id!, workflow_id: data.workflow_id!, inputs: {} } }),
      event({ event: "node_started", ...ids, data: { id: "n", node_id: "llm", node_type: "llm", title: "LLM" } }),
      ...splitText(reply.text).map((text) =>
        event({ event: "text_chunk", ...ids, data: { text, from_variable_selector: ["llm", "text"] } }),
      ),
      event({ event: "node_finished", ...ids, data: { id: "n", node_id: "llm", status: "succeeded" } }),
      event({ event: "workflow_finished", ...ids, data }),
    ];
  }
  return [
    ...splitText(reply.text).map((answer) => event({ event: "message", ...head, id: head.message_id!, answer })),
    event({
      event: "message_end",
      ...head,
      id: head.message_id!,
      metadata: { usage: usageOf(reply), retriever_resources: [] },
    }),
  ];
}

/** Dify's apps. https://docs.dify.ai/api-reference/chat/send-chat-message */
export const dify: Vendor = {
  name: "dify",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (!PATHS.includes(request.path))
      return refuse(404, "not_found", "The requested URL was not found on the server.");
    if (request.method !== "POST") return refuse(405, "method_not_allowed", "The method is not allowed.");
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) {
      const isKey = ["no-key", "bad-key-form", "wrong-key"].includes(refusal.reason);
      if (isKey) return refuse(401, "unauthorized", "Access token is invalid");
      return refuse(400, "bad_request", `Bad request: ${JSON.stringify(refusal)}`);
    }
    const parsed = parseBody(request.body);
    const body = parsed?.value as Json;
    if (!isObject(body)) return refuse(400, "bad_request", "The browser (or proxy) sent a request that is no JSON.");
    const problem = checkBody(request.path, body);
    if (problem) return problem;
    const reply = composeReply(readPrompt(body, wishes));
    const asEvents = wishes.form === "as-asked" ? body.response_mode === "streaming" : wishes.form === "events";
    if (!asEvents) {
      const value = request.path === WORKFLOW ? answerRun(body, reply) : answerMessage(request.path, body, reply);
      return {
        kind: "unary",
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(value),
      };
    }
    const events = eventsOf(request.path, body, reply);
    if (wishes.withoutLastEvent) events.pop();
    if (wishes.keepAlives > 0) events.splice(1, 0, ...Array<string>(wishes.keepAlives).fill("event: ping\n\n"));
    return { kind: "events", status: 200, headers: { "content-type": "text/event-stream; charset=utf-8" }, events };
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const [code, text] = STATUS_ERRORS[status] ?? ["bad_request", `Mock error with status ${status}.`];
    return refuse(status, code, message ?? text);
  },

  errorEvent(message: string | null): string {
    const text = message ?? "Server Unavailable Error";
    return event({
      event: "error",
      task_id: "t",
      message_id: "m",
      status: 400,
      code: "completion_request_error",
      message: text,
    });
  },
};
