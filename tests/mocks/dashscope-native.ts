import { answerGeneration, event } from "./dashscope-native-answer";
import { checkDashScopeBody, MULTIMODAL_PATH, TEXT_PATH } from "./dashscope-native-check";
import { checkHeaders, describeLeak, parseBody, type Refusal } from "./entrance";
import { stableUuid } from "./openai-answer";
import {
  type Answer,
  type AnswerWishes,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
} from "./types";

/** https://www.alibabacloud.com/help/en/model-studio/error-code */
const STATUS_ERRORS: Record<number, [code: string, message: string]> = {
  400: ["InvalidParameter", "Required parameter(s) missing or invalid, please check the request parameters."],
  401: ["InvalidApiKey", "Invalid API-key provided."],
  403: ["AccessDenied", "Access denied."],
  404: ["ModelNotFound", "Model can not be found."],
  429: ["Throttling.RateQuota", "Requests rate limit exceeded, please try again later."],
  500: ["InternalError", "An internal error has occured, please try again later or contact service support."],
  503: ["ServiceUnavailable", "The service is unavailable, please try again later."],
  504: ["RequestTimeOut", "Request timed out, please try again later."],
};

function errorValue(code: string, message: string): JsonObject {
  return { code, message, request_id: stableUuid(message) };
}

/** A refused stream speaks in events, with the refusal's status. */
function refuse(status: number, code: string, message: string, streams = false): UnaryAnswer {
  const value = errorValue(code, message);
  return {
    kind: "unary",
    status,
    headers: { "content-type": streams ? "text/event-stream;charset=UTF-8" : "application/json" },
    body: streams ? event(1, value, status) : JSON.stringify(value),
  };
}

function refuseAtDoor(refusal: Refusal): UnaryAnswer {
  switch (refusal.reason) {
    case "no-key":
    case "bad-key-form":
      return refuse(401, "InvalidApiKey", "No API-key provided.");
    case "wrong-key":
      return refuse(401, "InvalidApiKey", "Invalid API-key provided.");
    case "content-type":
      return refuse(415, "UnsupportedMediaType", `Content type '${refusal.contentType}' not supported.`);
    default:
      return refuse(400, "InvalidParameter", describeLeak(refusal));
  }
}

/** DashScope's own generation API. https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope */
export const dashscopeNative: Vendor = {
  name: "dashscope-native",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    const isMultimodal = request.path === MULTIMODAL_PATH;
    if (!isMultimodal && request.path !== TEXT_PATH)
      return refuse(404, "InvalidURL", "Invalid URL provided in your request.");
    if (request.method !== "POST")
      return refuse(405, "UnsupportedOperation", "The operation is unsupported on the referee object.");
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) return refuseAtDoor(refusal);
    const streams = request.headers["x-dashscope-sse"] === "enable";
    // Either of the two headers asks for events: together they must say the same.
    if (streams !== /text\/event-stream/.test(request.headers["accept"] ?? ""))
      return refuse(400, "InvalidParameter", "accept and x-dashscope-sse say different things.");
    const parsed = parseBody(request.body);
    if (!parsed)
      return refuse(400, "InvalidParameter", "Required body invalid, please check the request body format.", streams);
    const rejection = checkDashScopeBody(parsed.value, isMultimodal, streams);
    if (rejection) return refuse(rejection.status, rejection.code, rejection.message, streams);
    return answerGeneration(parsed.value as JsonObject, isMultimodal, streams, wishes);
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const [code, text] = STATUS_ERRORS[status] ?? ["InvalidParameter", `Mock error with status ${status}.`];
    return refuse(status, code, message ?? text);
  },

  errorEvent(message: string | null): string {
    const [code, text] = STATUS_ERRORS[500]!;
    return event(1, errorValue(code, message ?? text), 500);
  },
};
