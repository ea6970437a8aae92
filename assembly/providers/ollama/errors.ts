import { encodeText } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { ErrorBody } from "../../canonical/error-body";
import { Failure, FailureReason, reasonForStatus } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { fillFailure, markContextLength, readPlainError, saysAny } from "../shared/errors";

const ERROR = new JsonKey("error");

/** The server's words for a prompt that does not fit. */
const CONTEXT_PHRASES: StaticArray<u8>[] = [encodeText("context length"), encodeText("context window")];

/** Containers of an error body that have to be looked into. */
const ERROR_DEPTH: i32 = 2;

/** Fills a failure from `{"error":"..."}`. False, and nothing filled, when the document holds none. Source: https://docs.ollama.com/api/errors */
export function readEnvelope(document: JsonDocument, status: i32, failure: Failure): bool {
  const error = document.find(document.root(), ERROR);
  if (!document.isString(error)) return false;
  const pointer = document.textPointer(error);
  const length = document.textLength(error);
  const reason = reasonForStatus(status);
  fillFailure(failure, reason, status, pointer, length);
  if (reason == FailureReason.BadRequest && saysAny(pointer, length, CONTEXT_PHRASES)) markContextLength(failure);
  return true;
}

/** Ends an answer with the error that stands in it, if one does: `{"error":"..."}` inside a 200. */
export function failFromAnswer(document: JsonDocument, sink: AnswerSink): bool {
  if (!readEnvelope(document, 502, sink.failure)) return false;
  sink.failure.reason = FailureReason.StreamError;
  sink.fail();
  return true;
}

/** Reads an error answer: Ollama's envelope, else whatever text the body holds, else what the status says by itself. */
export function readErrorAnswer(status: i32, body: usize, length: i32, failure: Failure): void {
  const parsed = new ErrorBody();
  const found = parsed.parse(body, length, ERROR_DEPTH) && readEnvelope(parsed.document, status, failure);
  parsed.free();
  if (!found) readPlainError(status, body, length, failure);
}
