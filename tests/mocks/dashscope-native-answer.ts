import { stableUuid } from "./openai-answer";
import { composeReply, describeMedia, type Prompt, type Reply, splitArguments, splitText } from "./reply";
import { type Answer, type AnswerWishes, isObject, type Json, type JsonObject, textOf } from "./types";

/** What of an answer has been said up to an event. */
interface Said {
  reasoning: string;
  text: string;
  /** Arguments by call. */
  inputs: string[];
}

/** The wire text of one event. https://www.alibabacloud.com/help/en/model-studio/stream */
export function event(number: number, data: JsonObject, status = 200): string {
  const name = status === 200 ? "result" : "error";
  return `id:${number}\nevent:${name}\n:HTTP_STATUS/${status}\ndata:${JSON.stringify(data)}\n\n`;
}

/** Answers a valid request. */
export function answerGeneration(
  body: JsonObject,
  isMultimodal: boolean,
  streams: boolean,
  wishes: AnswerWishes,
): Answer {
  const parameters = body.parameters as JsonObject;
  const prompt = readPrompt(body, parameters);
  prompt.textBytes = wishes.textBytes;
  const reply = composeReply(prompt);
  const id = stableUuid(JSON.stringify(body));
  const headers = { "x-request-id": id, "x-dashscope-call-gateway": "true" };
  const asEvents = wishes.form === "as-asked" ? streams : wishes.form === "events";
  const whole: Said = {
    reasoning: reply.reasoning,
    text: reply.toolCalls.length > 0 ? "" : reply.text,
    inputs: reply.toolCalls.map((call) => call.arguments),
  };
  if (!asEvents) {
    const text = JSON.stringify(output(whole, finishReason(reply), { reply, isMultimodal, id, isFirst: true }));
    return { kind: "unary", status: 200, headers: { ...headers, "content-type": "application/json" }, body: text };
  }
  const steps = listSteps(reply);
  const events = steps.map((step, index) => {
    const isLast = index === steps.length - 1;
    const said = parameters.incremental_output === true ? step : sumUp(steps.slice(0, index + 1));
    const data = output(said, isLast ? finishReason(reply) : "null", {
      reply,
      isMultimodal,
      id,
      isFirst: parameters.incremental_output !== true || index === 0,
    });
    return event(index + 1, data);
  });
  if (wishes.withoutLastEvent) events.pop();
  return {
    kind: "events",
    status: 200,
    headers: { ...headers, "content-type": "text/event-stream;charset=UTF-8" },
    events,
  };
}

/** What each event adds; the last one adds nothing. */
function listSteps(reply: Reply): Said[] {
  const none: Said = { reasoning: "", text: "", inputs: [] };
  const steps = splitText(reply.reasoning).map((reasoning) => ({ ...none, reasoning }));
  if (reply.toolCalls.length === 0) steps.push(...splitText(reply.text).map((text) => ({ ...none, text })));
  reply.toolCalls.forEach((call, index) => {
    for (const piece of ["", ...splitArguments(call.arguments)]) {
      const inputs: string[] = [];
      inputs[index] = piece;
      steps.push({ ...none, inputs });
    }
  });
  return [...steps, none];
}

function sumUp(steps: readonly Said[]): Said {
  const sum: Said = { reasoning: "", text: "", inputs: [] };
  for (const step of steps) {
    sum.reasoning += step.reasoning;
    sum.text += step.text;
    step.inputs.forEach((piece, index) => (sum.inputs[index] = (sum.inputs[index] ?? "") + piece));
  }
  return sum;
}

function finishReason(reply: Reply): string {
  switch (reply.finish) {
    case "tool-calls":
      return "tool_calls";
    case "length":
      return "length";
    default:
      return "stop";
  }
}

interface Context {
  reply: Reply;
  isMultimodal: boolean;
  id: string;
  /** Whether names and ids of calls are said: in pieces, only the first one has them. */
  isFirst: boolean;
}

function toolCalls(said: Said, { reply, isFirst }: Context): JsonObject[] {
  const calls: JsonObject[] = [];
  said.inputs.forEach((text, index) => {
    const call = reply.toolCalls[index]!;
    const isNamed = isFirst || text === "";
    calls.push({
      index,
      id: isNamed ? `call_${call.id}` : "",
      type: "function",
      function: { ...(isNamed ? { name: call.name } : {}), arguments: text },
    });
  });
  return calls;
}

function output(said: Said, finish_reason: string, context: Context): JsonObject {
  const { reply, isMultimodal, id } = context;
  const calls = toolCalls(said, context);
  const content = isMultimodal ? (said.text === "" ? [] : [{ text: said.text }]) : said.text;
  const message = {
    role: "assistant",
    content,
    ...(reply.reasoning === "" ? {} : { reasoning_content: said.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const { input, output: told, cached, reasoning } = reply.usage;
  const usage = {
    input_tokens: input,
    output_tokens: told,
    total_tokens: input + told,
    prompt_tokens_details: { cached_tokens: cached },
    ...(reasoning === 0 ? {} : { output_tokens_details: { reasoning_tokens: reasoning } }),
  };
  return { output: { choices: [{ message, finish_reason }] }, usage, request_id: id };
}

function contentText(content: Json | undefined): string {
  if (typeof content === "string") return content;
  return Array.isArray(content)
    ? content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("")
    : "";
}

/** Reads the request into the vendor-neutral form; the request has been checked before. */
function readPrompt(body: JsonObject, parameters: JsonObject): Prompt {
  const messages = ((body.input as JsonObject).messages as Json[]).filter(isObject);
  const last = messages.at(-1);
  const results = messages.slice(messages.findLastIndex(({ role }) => role !== "tool") + 1);
  const tools = Array.isArray(parameters.tools) ? parameters.tools.filter(isObject) : [];
  const images = last?.role === "user" && Array.isArray(last.content) ? last.content.filter(isObject) : [];
  const choice =
    isObject(parameters.tool_choice) && isObject(parameters.tool_choice.function)
      ? { name: textOf(parameters.tool_choice.function.name) }
      : null;
  const format = isObject(parameters.response_format) ? parameters.response_format : {};
  const schema =
    isObject(format.json_schema) && isObject(format.json_schema.schema)
      ? format.json_schema.schema
      : { type: "object" };
  return {
    model: textOf(body.model),
    vendorTitle: "DashScope",
    allText: messages.map(({ content, tool_calls }) => contentText(content) + textOf(tool_calls ?? "")).join("\n"),
    userText: last?.role === "user" ? contentText(last.content) : "",
    attachments: images.flatMap(({ image }) => (typeof image === "string" ? [describeMedia("image", image)] : [])),
    toolResults: results.map(({ content }) => contentText(content)),
    tools: tools.flatMap((tool) =>
      isObject(tool.function) ? [{ name: textOf(tool.function.name), schema: tool.function.parameters ?? {} }] : [],
    ),
    toolChoice: choice ?? (parameters.tool_choice === "none" ? "none" : "auto"),
    parallelToolCalls: parameters.parallel_tool_calls !== false,
    schema: format.type === "json_object" || format.type === "json_schema" ? schema : null,
    reasoning: parameters.enable_thinking === true || /^qwq/.test(textOf(body.model)),
    maxTokens: typeof parameters.max_tokens === "number" ? parameters.max_tokens : null,
    stop: Array.isArray(parameters.stop) ? parameters.stop.map(textOf) : [],
    textBytes: 0,
  };
}
