import { createHash, createHmac } from "node:crypto";
import { parseBody } from "./entrance";
import { composeReply, describeMedia, hash, type Prompt, type Reply, splitArguments, splitText } from "./reply";
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

const MEMBERS = [
  "Model",
  "Messages",
  "Stream",
  "StreamModeration",
  "TopP",
  "Temperature",
  "Seed",
  "Stop",
  "Tools",
  "ToolChoice",
  "CustomTool",
  "EnableEnhancement",
];
const FOREIGN = /^(x-api-key|api-key|anthropic-.*|x-goog-.*|x-amz-.*|x-modelmux-.*)$/;

/** Errors come with a 200. https://cloud.tencent.com/document/api/1729/101846 */
function refuse(code: string, message: string, status = 200): UnaryAnswer {
  const body = JSON.stringify({ Response: { Error: { Code: code, Message: message }, RequestId: hash(message) } });
  return { kind: "unary", status, headers: { "content-type": "application/json" }, body };
}
const invalid = (message: string): UnaryAnswer => refuse("InvalidParameterValue", message);

const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** What a right signature is. https://cloud.tencent.com/document/api/1729/101843 */
export function signatureOf(request: Pick<MockRequest, "headers" | "body">, secret: string): string {
  const { headers, body } = request;
  const time = Number(headers["x-tc-timestamp"]);
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  const host = headers["host"] ?? headers[":authority"] ?? "hunyuan.tencentcloudapi.com";
  const canonical = `POST\n/\n\ncontent-type:application/json\nhost:${host}\n\ncontent-type;host\n${sha256(body)}`;
  const text = `TC3-HMAC-SHA256\n${time}\n${date}/hunyuan/tc3_request\n${sha256(canonical)}`;
  const key = hmac(hmac(hmac(`TC3${secret}`, date), "hunyuan"), "tc3_request");
  return `${date}/hunyuan/tc3_request, SignedHeaders=content-type;host, Signature=${hmac(key, text).toString("hex")}`;
}

function checkDoor(request: MockRequest, secret: string): UnaryAnswer | null {
  const { headers } = request;
  const foreign = Object.keys(headers).find((name) => FOREIGN.test(name));
  if (foreign !== undefined) return refuse("InvalidRequest", `Header '${foreign}' does not belong here.`, 400);
  if (headers["content-type"] !== "application/json") return refuse("UnsupportedProtocol", "content-type");
  if (headers["x-tc-action"] !== "ChatCompletions") return refuse("InvalidAction", "The action is not found.");
  if (headers["x-tc-version"] !== "2023-09-01") return refuse("NoSuchVersion", "The version does not exist.");
  if (!/^\d{10}$/.test(headers["x-tc-timestamp"] ?? "")) return refuse("MissingParameter", "X-TC-Timestamp");
  const match = /^TC3-HMAC-SHA256 Credential=([^/]+)\/(.*)$/.exec(headers["authorization"] ?? "");
  if (!match) return refuse("AuthFailure.InvalidAuthorization", "The authorization header is not valid.");
  if (!/^AKID\w+$/.test(match[1] ?? "")) return refuse("AuthFailure.SecretIdNotFound", "The SecretId is not found.");
  if (match[2] === signatureOf(request, secret)) return null;
  return refuse("AuthFailure.SignatureFailure", "The provided credentials could not be validated.");
}

function checkContent(message: JsonObject): string | null {
  const calls = Array.isArray(message.ToolCalls) && message.ToolCalls.length > 0;
  if (message.Contents !== undefined) {
    if (message.Role !== "user" || !Array.isArray(message.Contents)) return "Contents";
    for (const part of message.Contents.filter(isObject)) {
      if (part.Type === "text" && textOf(part.Text).trim() !== "") continue;
      const url = isObject(part.ImageUrl) ? textOf(part.ImageUrl.Url) : "";
      if (part.Type !== "image_url" || !/^(https?:\/\/.|data:image\/\w+;base64,\w)/.test(url)) return "ImageUrl";
    }
    return null;
  }
  if (typeof message.Content !== "string") return "Content";
  return message.Content === "" && !calls ? "Content must not be empty" : null;
}

function checkMessages(messages: JsonObject[]): string | null {
  let last = "";
  for (const [index, message] of messages.entries()) {
    const role = textOf(message.Role);
    if (!["system", "user", "assistant", "tool"].includes(role)) return `unknown role ${role}`;
    if (role === "system" && index > 0) return "system must come first";
    if ((role === "user" || role === "assistant") && role === last) return "roles must alternate";
    if (role === "tool" && last !== "assistant" && last !== "tool") return "tool without a call";
    const problem = checkContent(message);
    if (problem !== null) return problem;
    for (const call of ((message.ToolCalls ?? []) as Json[]).filter(isObject)) {
      const { Name, Arguments } = (call.Function ?? {}) as JsonObject;
      if (typeof call.Id !== "string" || typeof Name !== "string" || typeof Arguments !== "string") return "ToolCalls";
    }
    if (role === "tool" && typeof message.ToolCallId !== "string") return "ToolCallId";
    last = role;
  }
  return null;
}

function checkTool(tool: Json | undefined): boolean {
  const { Name, Parameters } = isObject(tool) && isObject(tool.Function) ? tool.Function : ({} as JsonObject);
  if (typeof Name !== "string" || !/^[\w-]+$/.test(Name) || typeof Parameters !== "string") return false;
  return isObject(JSON.parse(Parameters) as Json);
}

function checkBody(body: JsonObject): UnaryAnswer | null {
  const unknown = Object.keys(body).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) return refuse("UnknownParameter", `The parameter ${unknown} is not recognized.`);
  if (!/^hunyuan-/.test(textOf(body.Model))) return invalid("Model not exist");
  if (!Array.isArray(body.Messages) || body.Messages.length === 0) return refuse("MissingParameter", "Messages");
  const problem = checkMessages(body.Messages.filter(isObject));
  if (problem !== null) return invalid(`Messages: ${problem}`);
  const inRange = (name: string, least: number, most: number): boolean =>
    body[name] === undefined || (Number(body[name]) >= least && Number(body[name]) <= most);
  if (!inRange("Temperature", 0, 2) || !inRange("TopP", 0, 1) || !inRange("Seed", 1, 10000)) return invalid("range");
  if (body.Tools !== undefined && !(body.Tools as Json[]).every(checkTool)) return invalid("Tools");
  if (body.ToolChoice === "custom" && !checkTool(body.CustomTool)) return invalid("CustomTool");
  if (!["none", "auto", "custom", "undefined"].includes(textOf(body.ToolChoice))) return invalid("ToolChoice");
  return null;
}

const contentsOf = (message: JsonObject): JsonObject[] =>
  Array.isArray(message.Contents) ? message.Contents.filter(isObject) : [{ Type: "text", Text: message.Content ?? "" }];

function readPrompt(body: JsonObject, wishes: AnswerWishes): Prompt {
  const messages = (body.Messages as Json[]).filter(isObject);
  const lastUser = messages.at(-1)?.Role === "user" ? contentsOf(messages.at(-1)) : [];
  const tools = ((body.Tools ?? []) as JsonObject[]).map((tool) => {
    const { Name, Parameters } = tool.Function as JsonObject;
    return { name: textOf(Name), schema: JSON.parse(textOf(Parameters)) as Json };
  });
  const custom = isObject(body.CustomTool) ? textOf((body.CustomTool.Function as JsonObject).Name) : "";
  const texts = (parts: JsonObject[]): string =>
    parts.map((part) => (part.Type === "text" ? textOf(part.Text) : "")).join("");
  return {
    model: textOf(body.Model),
    vendorTitle: "Hunyuan",
    allText: messages.map((message) => texts(contentsOf(message))).join("\n"),
    userText: texts(lastUser),
    attachments: lastUser.flatMap((part) =>
      isObject(part.ImageUrl) ? [describeMedia("image", textOf(part.ImageUrl.Url))] : [],
    ),
    toolResults: messages.at(-1)?.Role === "tool" ? [textOf(messages.at(-1).Content)] : [],
    tools,
    toolChoice: custom !== "" ? { name: custom } : body.ToolChoice === "none" ? "none" : "auto",
    parallelToolCalls: true,
    schema: null,
    reasoning: false,
    maxTokens: null,
    stop: Array.isArray(body.Stop) ? body.Stop.map(textOf) : [],
    textBytes: wishes.textBytes,
  };
}

function usageOf(reply: Reply): JsonObject {
  const { input, output } = reply.usage;
  return { PromptTokens: input, CompletionTokens: output, TotalTokens: input + output };
}

const callsOf = (reply: Reply): JsonObject[] =>
  reply.toolCalls.map((call, Index) => ({
    Id: `call_${call.id}`,
    Type: "function",
    Function: { Name: call.name, Arguments: call.arguments },
    Index,
  }));

function eventsOf(reply: Reply, head: JsonObject): string[] {
  const event = (Delta: JsonObject, FinishReason = ""): string =>
    `data: ${JSON.stringify({ ...head, Choices: [{ Index: 0, Delta, FinishReason }], Usage: usageOf(reply) })}\n\n`;
  const events = splitText(reply.text).map((Content) => event({ Role: "assistant", Content }));
  for (const call of callsOf(reply)) {
    const { Name, Arguments } = call.Function as JsonObject;
    events.push(
      event({ Role: "assistant", Content: "", ToolCalls: [{ ...call, Function: { Name: Name!, Arguments: "" } }] }),
    );
    for (const piece of splitArguments(textOf(Arguments)))
      events.push(event({ Role: "assistant", ToolCalls: [{ ...call, Function: { Name: "", Arguments: piece } }] }));
  }
  events.push(event({ Role: "assistant", Content: "" }, reply.toolCalls.length > 0 ? "tool_calls" : "stop"));
  return events;
}

/** Tencent Cloud's ChatCompletions. https://cloud.tencent.com/document/api/1729/105701 */
export const hunyuan: Vendor = {
  name: "hunyuan",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (request.path !== "/" || request.method !== "POST") return refuse("InvalidRequest", "Bad request", 404);
    const refusal = checkDoor(request, key);
    if (refusal) return refusal;
    const body = parseBody(request.body)?.value as Json;
    if (!isObject(body)) return refuse("InvalidParameter", "The request body is not JSON.");
    const problem = checkBody(body);
    if (problem) return problem;
    const reply = composeReply(readPrompt(body, wishes));
    const head: JsonObject = { Note: "AI-generated", Created: 1703148000, Id: hash(JSON.stringify(body)) };
    const asEvents = wishes.form === "as-asked" ? body.Stream === true : wishes.form === "events";
    if (asEvents) {
      const events = eventsOf(reply, head);
      if (wishes.withoutLastEvent) events.pop();
      return { kind: "events", status: 200, headers: { "content-type": "text/event-stream" }, events };
    }
    const calls = callsOf(reply);
    const message: JsonObject = {
      Role: "assistant",
      Content: reply.text,
      ...(calls.length > 0 ? { ToolCalls: calls } : {}),
    };
    const choice = { Index: 0, Message: message, FinishReason: calls.length > 0 ? "tool_calls" : "stop" };
    const response = { RequestId: head.Id!, ...head, Choices: [choice], Usage: usageOf(reply) };
    return {
      kind: "unary",
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ Response: response }),
    };
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const codes: Record<number, string> = {
      401: "AuthFailure.SignatureFailure",
      403: "UnauthorizedOperation",
      429: "RequestLimitExceeded",
      500: "InternalError",
    };
    return refuse(codes[status] ?? "InvalidParameter", message ?? `Mock error with status ${status}.`, status);
  },

  errorEvent(message: string | null): string {
    return `data: ${JSON.stringify({ ErrorMsg: { Msg: message ?? "Internal error", Code: 4000 } })}\n\n`;
  },
};
