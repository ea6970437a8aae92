import { answerChat, event, responseHeaders } from "./cohere-answer";
import { checkCohereBody } from "./cohere-check";
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

const PATH = "/v2/chat";

/** https://docs.cohere.com/reference/errors */
const STATUS_ERRORS: Record<number, string> = {
  400: "invalid request: message must be at least 1 token long or tool results must be specified.",
  401: "invalid api token",
  402: "Please add or update your payment method at https://dashboard.cohere.com/billing?tab=payment to continue",
  403: "Please contact the sales team.",
  404: "model not found, make sure the correct model ID was used and that you have access to the model.",
  429: "You are past the per minute request limit, please wait and try again later.",
  498: "invalid token",
  500: "internal server error, this has been reported to our developers.",
  503: "service unavailable",
  504: "gateway timeout",
};

function refuse(status: number, message: string): UnaryAnswer {
  const headers = { ...responseHeaders(message), "content-type": "application/json" };
  return { kind: "unary", status, headers, body: JSON.stringify({ id: stableUuid(message), message }) };
}

function refuseAtDoor(refusal: Refusal): UnaryAnswer {
  switch (refusal.reason) {
    case "no-key":
      return refuse(401, "no api key supplied");
    case "bad-key-form":
    case "wrong-key":
      return refuse(401, "invalid api token");
    case "content-type":
      return refuse(400, "invalid content-type: expected application/json");
    default:
      return refuse(400, describeLeak(refusal));
  }
}

/** Cohere's Chat API, version 2. https://docs.cohere.com/reference/chat */
export const cohere: Vendor = {
  name: "cohere",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (request.path !== PATH) return refuse(404, "endpoint not found");
    if (request.method !== "POST") return refuse(405, "method not allowed");
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal) return refuseAtDoor(refusal);
    const parsed = parseBody(request.body);
    if (!parsed) return refuse(400, "invalid request: unable to parse the request body as JSON");
    const rejection = checkCohereBody(parsed.value);
    if (rejection) return refuse(rejection.status, rejection.message);
    return answerChat(parsed.value as JsonObject, wishes);
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    return refuse(status, message ?? STATUS_ERRORS[status] ?? `Mock error with status ${status}.`);
  },

  errorEvent(message: string | null): string {
    return event({ type: "message-end", delta: { finish_reason: "ERROR", error: message ?? "internal server error" } });
  },
};
