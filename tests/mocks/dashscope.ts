import { checkHeaders, describeLeak, parseBody, type Refusal } from "./entrance";
import { answerChat, type AnswerStyle, stableUuid } from "./openai-answer";
import { checkChatRequest, type CheckRules, type Problem } from "./openai-check";
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

const PATH = "/compatible-mode/v1/chat/completions";

/** Most output tokens, whether it sees images, and how it thinks. https://www.alibabacloud.com/help/en/model-studio/models */
const MODELS: Record<string, { output: number; sees: boolean; thinking: "never" | "on-demand" | "always" }> = {
  "qwen-max": { output: 8192, sees: false, thinking: "never" },
  "qwen-plus": { output: 32768, sees: false, thinking: "on-demand" },
  "qwen-turbo": { output: 16384, sees: false, thinking: "on-demand" },
  "qwen-flash": { output: 32768, sees: false, thinking: "on-demand" },
  "qwen3-max": { output: 65536, sees: false, thinking: "on-demand" },
  "qwen-vl-max": { output: 8192, sees: true, thinking: "never" },
  "qwen3-vl-plus": { output: 32768, sees: true, thinking: "on-demand" },
  "qwq-plus": { output: 8192, sees: false, thinking: "always" },
};

const HELP = "For details, see: https://www.alibabacloud.com/help/en/model-studio/error-code";

/** https://www.alibabacloud.com/help/en/model-studio/error-code */
const STATUS_ERRORS: Record<number, [message: string, type: string, code: string]> = {
  401: [`Incorrect API key provided. ${HELP}#apikey-error`, "invalid_request_error", "invalid_api_key"],
  403: ["Access denied, please make sure your account is in good standing.", "Arrearage", "Arrearage"],
  429: ["You have exceeded your current request limit.", "limit_requests", "limit_requests"],
  500: [
    "An internal error has occured, please try again later or contact service support.",
    "internal_error",
    "internal_error",
  ],
  503: [
    "Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.",
    "ServiceUnavailable",
    "ServiceUnavailable",
  ],
};

function errorValue(message: string, type: string, code: string): JsonObject {
  const id = stableUuid(message);
  return { error: { message, type, param: null, code }, id: `chatcmpl-${id}`, request_id: id };
}

function refuse(status: number, message: string, code: string, stream = false): UnaryAnswer {
  const text = JSON.stringify(errorValue(message, "invalid_request_error", code));
  // A refused stream still speaks in events, with the refusal's status (seen in github.com/maotoumao/Cebian/issues/46).
  const contentType = stream ? "text/event-stream;charset=UTF-8" : "application/json";
  return {
    kind: "unary",
    status,
    headers: { "content-type": contentType, "x-request-id": stableUuid(message) },
    body: stream ? `data: ${text}\n\n` : text,
  };
}

function thinks(body: JsonObject): boolean {
  const thinking = MODELS[textOf(body.model)]?.thinking;
  return thinking === "always" || (thinking === "on-demand" && body.enable_thinking === true);
}

const STYLE: AnswerStyle = {
  vendorTitle: "DashScope",
  headers: { "req-cost-time": "312", "x-dashscope-call-gateway": "true", "x-request-id": "mock" },
  modelName: (model) => model,
  id: (seed) => `chatcmpl-${stableUuid(seed)}`,
  toolCallId: (seed) => `call_${seed}`,
  systemFingerprint: null,
  thinks,
  showsReasoning: true,
  usage: (reply) => ({
    prompt_tokens: reply.usage.input,
    completion_tokens: reply.usage.output,
    total_tokens: reply.usage.input + reply.usage.output,
    ...(reply.usage.reasoning > 0 ? { completion_tokens_details: { reasoning_tokens: reply.usage.reasoning } } : {}),
    prompt_tokens_details: { cached_tokens: reply.usage.cached },
  }),
  messageExtras: {},
  extras: {},
  nullUsage: "always",
  streamUsage: "own-chunk",
  toolFragmentExtras: { id: "", type: "function" },
  opening: "",
  keepAliveComment: "",
  unaryKeepAlive: "",
  streamContentType: "text/event-stream;charset=UTF-8",
};

function rulesFor(model: string): CheckRules {
  const known = MODELS[model];
  return {
    roles: ["system", "assistant", "user", "tool", "function"],
    messageMembers: null,
    partTypes: known?.sees ? ["text", "image_url", "video_url", "video"] : ["text"],
    temperature: { least: 0, most: 2, mostExcluded: true },
    topPLeastExcluded: true,
    penalty: 2,
    maxTokens: known?.output ?? 8192,
    // `required` is unknown here: https://www.alibabacloud.com/help/en/model-studio/qwen-function-calling
    toolChoiceWords: ["none", "auto"],
    responseFormats: ["text", "json_object", "json_schema"],
    maxTools: 128,
    maxStops: 100,
    maxChoices: 4,
    checksToolHistory: true,
    streamOptionsNeedStream: true,
  };
}

function refuseAtDoor(refusal: Refusal): UnaryAnswer {
  switch (refusal.reason) {
    case "no-key":
    case "bad-key-form":
      return refuse(
        401,
        `You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth. ${HELP}`,
        "invalid_api_key",
      );
    case "wrong-key":
      return refuse(401, `Incorrect API key provided. ${HELP}#apikey-error`, "invalid_api_key");
    case "content-type":
      return refuse(400, `Content-Type '${refusal.contentType}' is not supported.`, "invalid_parameter_error");
    default:
      return refuse(400, describeLeak(refusal), "invalid_parameter_error");
  }
}

const OPEN_BELOW: Record<string, string> = { top_p: "(0.0, 1.0]", temperature: "[0.0, 2.0)" };

function describeProblem(problem: Problem, rules: CheckRules): string {
  const algorithm = "<400> InternalError.Algo.InvalidParameter:";
  const path = problem.param.replace(/^messages\[/, "messages.[");
  if (problem.param === "tool_choice" && problem.kind === "value" && problem.allowed.length > 0) {
    return 'tool_choice is one of the strings that should be ["none", "auto"]';
  }
  switch (problem.kind) {
    case "missing":
      return `'${path.split(".").at(-1)}' is a required property - '${path.replace(/\.?[^.]+$/, "")}'`;
    case "type":
      return `${problem.got} is not of type '${problem.allowed[0]}' - '${path}'`;
    case "range":
      if (/max/.test(problem.param)) return `${algorithm} Range of max_tokens should be [1, ${rules.maxTokens}]`;
      return `${algorithm} ${problem.param} should be in ${OPEN_BELOW[problem.param] ?? problem.allowed.join("")}`;
    case "value":
      if (problem.allowed.length > 0)
        return `${problem.got} is not one of [${problem.allowed.map((word) => `'${word}'`).join(", ")}] - '${path}'`;
      return `${algorithm} ${problem.message}`;
    default:
      return `${algorithm} ${problem.message.replace("Invalid parameter: messages", "messages").replace("preceeding", "preceding")}`;
  }
}

function refuseBody(value: unknown): UnaryAnswer | null {
  const body = value as Json;
  if (!isObject(body)) return refuse(400, "The request body is not a JSON object.", "invalid_parameter_error");
  const stream = body.stream === true;
  if (typeof body.model !== "string" || body.model === "")
    return refuse(400, "you must provide a model parameter", "invalid_parameter_error");
  const model = MODELS[body.model];
  if (!model)
    return refuse(
      404,
      `The model \`${body.model}\` does not exist or you do not have access to it.`,
      "model_not_found",
    );
  const rules = rulesFor(body.model);
  const problem = checkChatRequest(body, rules);
  if (problem) return refuse(400, describeProblem(problem, rules), "invalid_parameter_error", stream);
  if (model.thinking === "always" && !stream)
    return refuse(
      400,
      "This model only support stream mode, please enable the stream parameter to access the model.",
      "invalid_parameter_error",
    );
  if (thinks(body) && isObject(body.tool_choice)) {
    return refuse(
      400,
      "<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required or object in thinking mode",
      "invalid_parameter_error",
      stream,
    );
  }
  if (thinks(body) && isObject(body.response_format) && body.response_format.type !== "text") {
    return refuse(
      400,
      "<400> InternalError.Algo.InvalidParameter: Json mode response is not supported when enable_thinking is true",
      "invalid_parameter_error",
      stream,
    );
  }
  return null;
}

/** DashScope's compatible mode. https://www.alibabacloud.com/help/en/model-studio/use-qwen-by-calling-api */
export const dashscope: Vendor = {
  name: "dashscope",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (request.path !== PATH) return { kind: "unary", status: 404, headers: {}, body: "" };
    if (request.method !== "POST")
      return refuse(405, `Request method '${request.method}' is not supported.`, "method_not_allowed");
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) return refuseAtDoor(refusal);
    const parsed = parseBody(request.body);
    if (!parsed)
      return refuse(400, "Required body invalid, please check the request body format.", "invalid_parameter_error");
    return refuseBody(parsed.value) ?? answerChat(parsed.value as JsonObject, STYLE, wishes);
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const [text, type, code] = STATUS_ERRORS[status] ?? [
      `Mock error with status ${status}.`,
      "invalid_request_error",
      "invalid_parameter_error",
    ];
    return {
      kind: "unary",
      status,
      headers: { "content-type": "application/json", "x-request-id": "mock-error" },
      body: JSON.stringify(errorValue(message ?? text, type, code)),
    };
  },

  errorEvent(message: string | null): string {
    const [text, type, code] = STATUS_ERRORS[500]!;
    return `data: ${JSON.stringify(errorValue(message ?? text, type, code))}\n\n`;
  },
};
