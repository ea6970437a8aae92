import { equalsIgnoringCase } from "../../bytes/ascii";
import { copyToText, encodeText } from "../../bytes/buffer";
import { findByte, findText } from "../../bytes/find";
import { copyMessage, readBodyText, statusText } from "../../canonical/error-text";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { ErrorAnswer } from "../provider";

const MESSAGE = new JsonKey("message");
const CAPITAL_MESSAGE = new JsonKey("Message");
const TYPE = new JsonKey("__type");

/** An exception's name, the HTTP status that goes with it, and what it means here. */
class Exception {
  readonly name: StaticArray<u8>;

  constructor(
    name: string,
    public readonly status: i32,
    public readonly reason: FailureReason,
  ) {
    this.name = encodeText(name);
  }
}

/**
 * Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (errors) and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
const EXCEPTIONS: Exception[] = [
  new Exception("ThrottlingException", 429, FailureReason.RateLimit),
  new Exception("TooManyRequestsException", 429, FailureReason.RateLimit),
  new Exception("ServiceQuotaExceededException", 400, FailureReason.RateLimit),
  new Exception("ModelNotReadyException", 429, FailureReason.Overloaded),
  new Exception("ModelTimeoutException", 408, FailureReason.Timeout),
  new Exception("ModelErrorException", 424, FailureReason.ServerError),
  new Exception("ModelStreamErrorException", 424, FailureReason.ServerError),
  new Exception("InternalServerException", 500, FailureReason.ServerError),
  new Exception("InternalFailure", 500, FailureReason.ServerError),
  new Exception("ServiceUnavailableException", 503, FailureReason.Overloaded),
  new Exception("ServiceUnavailable", 503, FailureReason.Overloaded),
  new Exception("ValidationException", 400, FailureReason.BadRequest),
  new Exception("ValidationError", 400, FailureReason.BadRequest),
  new Exception("AccessDeniedException", 403, FailureReason.Auth),
  new Exception("UnrecognizedClientException", 403, FailureReason.Auth),
  new Exception("InvalidClientTokenId", 403, FailureReason.Auth),
  new Exception("InvalidSignatureException", 403, FailureReason.Auth),
  new Exception("IncompleteSignature", 400, FailureReason.Auth),
  new Exception("MissingAuthenticationTokenException", 403, FailureReason.Auth),
  new Exception("ExpiredTokenException", 403, FailureReason.Auth),
  new Exception("NotAuthorized", 400, FailureReason.Auth),
  new Exception("OptInRequired", 403, FailureReason.Auth),
  new Exception("ResourceNotFoundException", 404, FailureReason.NotFound),
  new Exception("UnknownOperationException", 404, FailureReason.NotFound),
];

/** What the models behind the service say of a conversation that does not fit into their context window. */
const CONTEXT_PHRASES: StaticArray<u8>[] = [
  encodeText("nput is too long"),
  encodeText("rompt is too long"),
  encodeText("exceed context limit"),
  encodeText("maximum context length"),
  encodeText("nput Tokens Exceeded"),
  encodeText("exceeds the context window"),
  encodeText("exceeds the maximum number of input tokens"),
];

/** A model id that the service does not know is a validation error there. */
const MODEL_PHRASES: StaticArray<u8>[] = [encodeText("model identifier is invalid")];

/** Longest exception name that is passed on. */
const MOST_NAME_BYTES: i32 = 64;

function saysAny(pointer: usize, length: i32, phrases: StaticArray<u8>[]): bool {
  for (let index = 0; index < phrases.length; index++) {
    if (findText(pointer, length, unchecked(phrases[index])) >= 0) return true;
  }
  return false;
}

/** An exception's name without the namespace before `#` and the address behind `:` that it may have. */
function bareName(pointer: usize, length: i32): StaticArray<u8> {
  const limit = findByte(pointer, pointer + length, 0x3a);
  const mark = findByte(pointer, limit, 0x23);
  const start = mark < limit ? mark + 1 : pointer;
  return copyToText(start, min((limit - start) as i32, MOST_NAME_BYTES));
}

function isName(name: StaticArray<u8>): bool {
  for (let index = 0; index < name.length; index++) {
    const byte = unchecked(name[index]);
    const lower = byte | 0x20;
    if (!((lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5f)) return false;
  }
  return name.length > 0;
}

function findException(name: StaticArray<u8>): Exception | null {
  for (let index = 0; index < EXCEPTIONS.length; index++) {
    const row = unchecked(EXCEPTIONS[index]);
    if (equalsIgnoringCase(changetype<usize>(name), name.length, row.name)) return row;
  }
  return null;
}

/**
 * Fills a failure from an exception: the name (`ThrottlingException`, or with a small first letter inside a stream), the body
 * `{"message"}` or `{"Message"}`, or any other text. A `status` of 0 means that it came inside a 200: its name then gives the status.
 */
export function fillException(
  status: i32,
  namePointer: usize,
  nameLength: i32,
  body: usize,
  length: i32,
  failure: Failure,
): void {
  const parsed = new JsonDocument();
  const isJson = parsed.parse(body, length, 2) == JsonError.None && parsed.isObject(parsed.root());
  const root = isJson ? parsed.root() : -1;
  let name = bareName(namePointer, nameLength);
  if (name.length == 0) {
    const type = parsed.find(root, TYPE);
    name = bareName(parsed.textPointer(type), parsed.textLength(type));
  }
  const known = findException(name);
  let code = status;
  if (code == 0) code = known !== null ? known.status : 502;
  failure.set(reasonForStatus(code), code, statusText(code));
  if (known !== null) failure.reason = known.reason;
  // OpenAI's words for the status would blame the client.
  if (failure.reason == FailureReason.ServerError) failure.type = encodeText("api_error");
  if (isName(name)) failure.code = name;
  let message = parsed.find(root, MESSAGE);
  if (!parsed.isString(message)) message = parsed.find(root, CAPITAL_MESSAGE);
  const pointer = parsed.textPointer(message);
  const messageLength = parsed.textLength(message);
  if (messageLength > 0) failure.message = copyMessage(pointer, messageLength);
  else if (!isJson) {
    const text = readBodyText(body, length);
    if (text.length > 0) failure.message = text;
  }
  if (failure.reason == FailureReason.BadRequest) refine(pointer, messageLength, failure);
  parsed.free();
}

/** Validation errors that say more than that the request is wrong. */
function refine(pointer: usize, length: i32, failure: Failure): void {
  if (saysAny(pointer, length, CONTEXT_PHRASES)) {
    failure.reason = FailureReason.ContextLength;
    failure.code = encodeText("context_length_exceeded");
    failure.param = encodeText("messages");
  } else if (saysAny(pointer, length, MODEL_PHRASES)) {
    failure.reason = FailureReason.NotFound;
    failure.code = encodeText("model_not_found");
    failure.param = encodeText("model");
  }
}

/** Reads an error answer: the exception's name comes in the header `x-amzn-errortype`, or in the body. */
export function readErrorAnswer(answer: ErrorAnswer, failure: Failure): void {
  const type = answer.errorType;
  fillException(answer.status, changetype<usize>(type), type.length, answer.body, answer.length, failure);
}
