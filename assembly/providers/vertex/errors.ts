import { ErrorBody } from "../../canonical/error-body";
import { Failure } from "../../canonical/failure";
import { JsonKey } from "../../json/document";
import { readEnvelope as readAnthropicEnvelope } from "../anthropic/errors";
import { readEnvelope } from "../gemini/errors";
import { readPlainError } from "../shared/errors";

const ERROR = new JsonKey("error");
const TYPE = new JsonKey("type");

/** Containers of an error body that have to be looked into: a list, an answer, the error, its details, one of them. */
const ERROR_DEPTH: i32 = 5;

/** Reads an error answer, which is Google's own or, behind `rawPredict`, Anthropic's: only that one has a type. */
export function readVertexError(status: i32, body: usize, length: i32, failure: Failure): void {
  const parsed = new ErrorBody();
  let found = false;
  if (parsed.parse(body, length, ERROR_DEPTH)) {
    const document = parsed.document;
    const type = document.find(document.find(document.root(), ERROR), TYPE);
    found = document.isString(type)
      ? readAnthropicEnvelope(document, status, failure)
      : readEnvelope(document, status, failure);
  }
  parsed.free();
  if (!found) readPlainError(status, body, length, failure);
}
