import { checkHeaders, describeLeak, parseBody } from "./entrance";
import { answerChat, line } from "./ollama-answer";
import { checkOllamaBody } from "./ollama-check";
import {
  type Answer,
  type AnswerWishes,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
} from "./types";

const PATH = "/api/chat";

/** https://docs.ollama.com/api/errors */
const STATUS_ERRORS: Record<number, string> = {
  400: "invalid request",
  401: "unauthorized",
  404: "model 'unknown' not found",
  429: "too many requests",
  500: "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error",
  503: "server busy, please try again.  maximum pending requests exceeded",
};

function refuse(status: number, error: string): UnaryAnswer {
  const headers = { "content-type": "application/json; charset=utf-8" };
  return { kind: "unary", status, headers, body: JSON.stringify({ error }) };
}

/** Ollama's own chat API, with a key as its cloud wants it; a local server needs none. https://docs.ollama.com/api/chat */
export const ollama: Vendor = {
  name: "ollama",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    if (request.path !== PATH) return { kind: "unary", status: 404, headers: {}, body: "404 page not found" };
    if (request.method !== "POST") return { kind: "unary", status: 405, headers: {}, body: "405 method not allowed" };
    const refusal = checkHeaders(request, "bearer", key);
    if (refusal && refusal.reason !== "no-key") {
      return refusal.reason === "wrong-key" ? refuse(401, "unauthorized") : refuse(400, describeLeak(refusal));
    }
    const parsed = parseBody(request.body);
    if (!parsed) return refuse(400, "invalid character 'h' looking for beginning of value");
    const rejection = checkOllamaBody(parsed.value);
    if (rejection) return refuse(rejection.status, rejection.message);
    return answerChat(parsed.value as JsonObject, wishes);
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    return refuse(status, message ?? STATUS_ERRORS[status] ?? `Mock error with status ${status}.`);
  },

  errorEvent(message: string | null): string {
    return line({ error: message ?? "an error was encountered while running the model: unexpected EOF" });
  },
};
