import { checkDashScopeRequest } from "../../mocks/dashscope-native-check";
import { addNoise, turnOf, halves, jsonAnswer, readTools } from "../../support/adapter-tools";
import type { Member } from "../../support/messages";
import type {
  NativeError,
  ProtocolAdapter,
  SpokenAnswer,
  SpokenRequest,
  SpokenTurn,
  UpstreamRequest,
} from "../suite/adapter";

const provider = { qwenEnableCompatible: false };

interface Call {
  id: string;
  function: { name: string; arguments: string };
}

function partsOf(content: unknown): Member[] {
  if (typeof content === "string") return content === "" ? [] : [{ text: content }];
  return content as Member[];
}

function readTurn(message: Member, names: Map<string, string>): SpokenTurn {
  const turn = turnOf(message["role"] === "assistant" ? "assistant" : "user");
  const parts = partsOf(message["content"]);
  const texts = parts.flatMap(({ text }) => (typeof text === "string" ? [text] : []));
  if (message["role"] === "tool") {
    turn.toolResults.push({ name: names.get(message["tool_call_id"] as string) ?? "", text: texts.join("") });
    return turn;
  }
  turn.texts = texts;
  turn.images = parts.flatMap(({ image }) => (typeof image === "string" ? [image] : []));
  for (const call of (message["tool_calls"] ?? []) as Call[]) {
    names.set(call.id, call.function.name);
    turn.toolCalls.push({ name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown });
  }
  return turn;
}

function readToolChoice(choice: unknown): SpokenRequest["toolChoice"] {
  if (choice === "none") return "none";
  return choice === undefined || choice === "auto" ? "auto" : { name: (choice as Call).function.name };
}

function readRequest({ text, headers }: UpstreamRequest): SpokenRequest {
  const body = JSON.parse(text) as { input: { messages: Member[] }; parameters: Member };
  const { messages } = body.input;
  const { parameters } = body;
  const names = new Map<string, string>();
  const format = parameters["response_format"] as { type: string } | undefined;
  return {
    system: messages
      .filter(({ role }) => role === "system")
      .flatMap(({ content }) => partsOf(content).map((part) => part["text"] as string)),
    turns: messages.filter(({ role }) => role !== "system").map((message) => readTurn(message, names)),
    tools: readTools(parameters["tools"]),
    toolChoice: readToolChoice(parameters["tool_choice"]),
    maxTokens: parameters["max_tokens"] as number | undefined,
    temperature: parameters["temperature"] as number | undefined,
    topP: parameters["top_p"] as number | undefined,
    stop: (parameters["stop"] ?? []) as string[],
    format: format === undefined ? "text" : format.type === "json_schema" ? "schema" : "object",
    reasons: parameters["enable_thinking"] as boolean | undefined,
    stream: headers["x-dashscope-sse"] === "enable",
  };
}

function usage({ usage: { input, output, cachedInput, reasoning } }: SpokenAnswer): Member {
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    ...(cachedInput === undefined ? {} : { prompt_tokens_details: { cached_tokens: cachedInput } }),
    ...(reasoning === undefined ? {} : { output_tokens_details: { reasoning_tokens: reasoning } }),
  };
}

const result = (message: Member, finish_reason: string, more: Member = {}): Member => ({
  output: { choices: [{ message: { role: "assistant", content: "", ...message }, finish_reason }] },
  request_id: "f8a1b2c3",
  ...more,
});

function calls({ toolCalls = [] }: SpokenAnswer) {
  return toolCalls.map((call, index) => ({
    index,
    id: `call_${call.name}_${String(index)}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
}

function write(events: readonly Member[], name = "result") {
  const text = events
    .map(
      (event, index) =>
        `id:${String(index + 1)}\nevent:${"code" in event ? "error" : name}\n:HTTP_STATUS/200\ndata:${JSON.stringify(event)}\n\n`,
    )
    .join("");
  return { bytes: new TextEncoder().encode(text) };
}

const NOISE: Member[] = [{ heartbeat: 1, request_id: "f8a1b2c3" }, result({ brand_new: "never shown" }, "null")];

/** https://www.alibabacloud.com/help/en/model-studio/error-code */
const ERRORS: [number, string, string, string][] = [
  [
    400,
    "InvalidParameter",
    "Required parameter(s) missing or invalid, please check the request parameters.",
    "bad-request",
  ],
  [400, "InvalidParameter", "Range of input length should be [1, 129024]", "context-length"],
  [400, "DataInspectionFailed", "Input or output data may contain inappropriate content.", "content-filter"],
  [401, "InvalidApiKey", "Invalid API-key provided.", "auth"],
  [403, "AccessDenied", "Access denied.", "auth"],
  [404, "ModelNotFound", "Model can not be found.", "not-found"],
  [429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later.", "rate-limit"],
  [
    500,
    "InternalError",
    "An internal error has occured, please try again later or contact service support.",
    "server-error",
  ],
  [503, "ServiceUnavailable", "The service is unavailable, please try again later.", "overloaded"],
];

/** DashScope's own generation API for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "dashscope",
  title: "DashScope (generation)",
  target: { type: "qwen", model: "qwen3.5-plus", provider },
  // Qwen 3.5 thinks unless it is told not to, and then answers in streams only.
  targets: { text: { type: "qwen", model: "qwen-plus", provider } },
  corpusTargets: [{ type: "dashscope", model: "qwen3-vl-plus", provider }],
  unsupported: {
    "document inline": "The API takes texts and images only; a PDF is refused, a text file is sent as text.",
    "tool choice required": "The API knows no `required`: one tool is named, among several the model decides.",
  },
  refusals: [
    { message: /audio/i, reason: "Audio input: the API takes it for some models only, and in another form." },
    { message: /\bn\b/, reason: "Several choices (`n` above 1): one answer is asked for." },
    { message: /takes texts only/, reason: "Files other than texts and images: the API has no word for them." },
    {
      message: /user messages only/,
      reason: "Images and files in other messages than the user's: the API takes none.",
    },
  ],
  validate: checkDashScopeRequest,
  readRequest,
  writeAnswer(answer) {
    const tools = calls(answer);
    const message = {
      content: answer.text ?? "",
      ...(answer.reasoning === undefined ? {} : { reasoning_content: answer.reasoning }),
      ...(tools.length > 0 ? { tool_calls: tools } : {}),
    };
    return jsonAnswer(result(message, answer.finish, { usage: usage(answer) }));
  },
  writeStream(answer, options = {}) {
    const events = [
      ...halves(answer.reasoning ?? "").map((reasoning_content) => result({ reasoning_content }, "null")),
      ...halves(answer.text ?? "").map((content) => result({ content }, "null")),
      ...calls(answer).flatMap((call) => {
        const [first, second] = halves(call.function.arguments);
        const begin = { ...call, function: { name: call.function.name, arguments: first } };
        const more = { index: call.index, id: "", type: "function", function: { arguments: second } };
        return [begin, more].map((piece) => result({ tool_calls: [piece] }, "null"));
      }),
    ];
    if (options.withoutEnd !== true) events.push(result({}, answer.finish, { usage: usage(answer) }));
    return write(options.noise === true ? addNoise(events, NOISE) : events);
  },
  writeErrorStream(afterContent) {
    const error = { code: "InternalError", message: "An internal error has occured.", request_id: "f8a1b2c3" };
    return write([...(afterContent ? [result({ content: "Well" }, "null")] : []), error]);
  },
  writeEmptyAnswer() {
    return jsonAnswer(result({}, "stop"));
  },
  errors: ERRORS.map(([status, code, message, reason]): NativeError => ({
    status,
    body: JSON.stringify({ code, message, request_id: "r" }),
    reason,
  })),
};
