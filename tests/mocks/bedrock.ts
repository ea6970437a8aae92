import { exceptionFrame } from "../support/event-stream";
import { validateAnthropicRequest } from "./anthropic-validate";
import { answerConverse, answerInvoke, claudeName, responseHeaders } from "./bedrock-answer";
import { findModel } from "./bedrock-models";
import { checkSignature } from "./bedrock-signature";
import { validateConverse } from "./bedrock-validate";
import { parseBody } from "./entrance";
import {
  type Answer,
  type AnswerWishes,
  isObject,
  type JsonObject,
  type MockRequest,
  type UnaryAnswer,
  type Vendor,
} from "./types";

const PATH = /^\/model\/([^/]+)\/(converse|converse-stream|invoke|invoke-with-response-stream)$/;
/** The region that requests must be signed for. */
const REGION = "us-east-1";
/** Headers of other vendors, or of an attempt before this one. */
const FOREIGN = /^(x-api-key|anthropic-.*|api-key|x-goog-.*|x-dashscope-.*|openai-.*|x-modelmux-.*)$/;
const SIGNING = /^x-amz-(date|security-token|content-sha256)$/;

/** https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html */
const STATUS_ERRORS: Record<number, [type: string, message: string]> = {
  400: ["ValidationException", "The request is invalid."],
  401: ["UnrecognizedClientException", "The security token included in the request is invalid."],
  403: ["AccessDeniedException", "You don't have access to the model with the specified model ID."],
  404: ["ResourceNotFoundException", "The specified resource ARN was not found."],
  408: ["ModelTimeoutException", "Model has timed out in processing the request. Try your request again."],
  413: ["ValidationException", "Request exceeds the maximum size"],
  424: ["ModelErrorException", "The system encountered an unexpected error during processing. Try your request again."],
  429: ["ThrottlingException", "Too many requests, please wait before trying again."],
  500: [
    "InternalServerException",
    "The system encountered an unexpected error during processing. Try your request again.",
  ],
  503: ["ServiceUnavailableException", "Bedrock is unable to process your request."],
};

function refuse(status: number, type: string, message: string): UnaryAnswer {
  const headers = {
    ...responseHeaders(message),
    "content-type": "application/json",
    "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  };
  return { kind: "unary", status, headers, body: JSON.stringify({ message }) };
}

/** Whether the request may come in: the key as a Bedrock API key, or a signature made with it. */
function refuseAtDoor(request: MockRequest, key: string): UnaryAnswer | null {
  const { headers } = request;
  const authorization = headers["authorization"];
  const isSigned = authorization?.startsWith("AWS4-") === true;
  for (const header of Object.keys(headers)) {
    if (FOREIGN.test(header) || (!isSigned && SIGNING.test(header))) {
      return refuse(400, "ValidationException", `Header '${header}' does not belong at this vendor.`);
    }
  }
  const repeated = request.repeatedHeaders.find((name) => /^(authorization|content-type|accept|x-amz-.*)$/.test(name));
  if (repeated !== undefined)
    return refuse(400, "ValidationException", `Header '${repeated}' was sent more than once.`);
  if (authorization === undefined)
    return refuse(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
  if (isSigned) {
    const problem = checkSignature(request, key, REGION);
    if (problem !== null) return refuse(403, "InvalidSignatureException", problem);
  } else if (authorization !== `Bearer ${key}`) {
    return refuse(403, "AccessDeniedException", "Invalid API Key format: Must start with pre-defined prefix");
  }
  if (!/^application\/json\s*(;.*)?$/i.test(headers["content-type"] ?? "")) {
    return refuse(415, "ValidationException", "Content type is not supported.");
  }
  if ((headers["content-encoding"] ?? "identity") !== "identity") {
    return refuse(400, "ValidationException", `Content encoding '${headers["content-encoding"]}' is not supported.`);
  }
  return null;
}

/** What the service would say of an InvokeModel body for Claude: null when it takes it. */
export function validateInvoke(model: string, body: unknown): string | null {
  if (!/anthropic\.claude-/.test(model) || findModel(model) === null)
    return "The provided model identifier is invalid.";
  const { anthropic_version: version, ...rest } = body as JsonObject;
  if (version !== "bedrock-2023-05-31") return "anthropic_version: Input should be 'bedrock-2023-05-31'";
  for (const name of ["model", "stream"]) {
    if (name in rest) return `${name}: Extra inputs are not permitted`;
  }
  if (/"source":\{"type":"(url|file)"/.test(JSON.stringify(rest))) return "source.type: Input should be 'base64'";
  const headers = { "x-api-key": "k", "anthropic-version": "2023-06-01" };
  return validateAnthropicRequest({ ...rest, model: claudeName(model) }, headers)?.message ?? null;
}

/** Amazon Bedrock's runtime. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html */
export const bedrock: Vendor = {
  name: "bedrock",

  answer(request: MockRequest, key: string, wishes: AnswerWishes): Answer {
    const match = PATH.exec(request.path);
    if (!match) return refuse(404, "UnknownOperationException", "");
    if (request.method !== "POST") return refuse(405, "UnknownOperationException", "");
    const refusal = refuseAtDoor(request, key);
    if (refusal) return refusal;
    const parsed = parseBody(request.body);
    const body = parsed?.value;
    if (!isObject(body as JsonObject)) return refuse(400, "SerializationException", "The body is no JSON object.");
    const [, segment, operation] = match as unknown as [string, string, string];
    // An id is encoded once: what is still encoded now names no model.
    const model = decodeURIComponent(segment);
    const isInvoke = operation.startsWith("invoke");
    const problem = isInvoke ? validateInvoke(model, body) : validateConverse(model, body);
    if (problem !== null) return refuse(400, "ValidationException", problem);
    const isStream = operation.includes("stream");
    return isInvoke
      ? answerInvoke(model, body as JsonObject, isStream, wishes)
      : answerConverse(model, body as JsonObject, isStream, wishes);
  },

  errorAnswer(status: number, message: string | null): UnaryAnswer {
    const [type, text] = STATUS_ERRORS[status] ?? [
      status >= 500 ? "InternalFailure" : "ValidationException",
      `Mock error with status ${status}.`,
    ];
    return refuse(status, type, message ?? text);
  },

  errorEvent(message: string | null): Uint8Array {
    return exceptionFrame("serviceUnavailableException", {
      message: message ?? "Bedrock is unable to process your request.",
    });
  },
};
