import { ByteBuffer } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { encodePercent } from "../../bytes/percent";
import { AnswerSink } from "../../canonical/answer";
import { Failure, FailureReason } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { readErrorBody } from "./errors";
import { writeRequestPrefix } from "./request";
import { OpenAiStreamReader, readOpenAiAnswer } from "./stream-reader";

const TOOLS = new JsonKey("tools");

/**
 * OpenAI's chat completions API and everything that is compatible with it; what differs between vendors is data in the catalogue.
 * Source: https://platform.openai.com/docs/api-reference/chat
 */
export class OpenAiProtocol extends ProviderProtocol {
  /** The client speaks the same protocol, so the vendor itself says what is wrong with a request, but for what it would silently ignore. */
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    const withoutTools = target.provider.type.withoutTools;
    if (withoutTools.length == 0) return true;
    const document = request.document;
    if (document.first(document.find(document.root(), TOOLS)) < 0) return true;
    failure.set(FailureReason.BadRequest, 400, withoutTools, "unsupported_parameter", "tools");
    return false;
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    writeChatPath(target.provider.chatPath, target.model, out);
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  /**
   * The fast path: writes the new bytes that take the place of the first bytes of the client's body and gives the number of
   * those; 0, and nothing written, when the body may go out unchanged.
   */
  writePrefix(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): i32 {
    return writeRequestPrefix(request, target, out);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    const replaced = writeRequestPrefix(request, target, out);
    const document = request.document;
    out.bytes(document.base + replaced, document.length - replaced);
  }

  readsRequestAgain(request: CanonicalRequest): bool {
    return false;
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new OpenAiStreamReader(target.provider.type);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readOpenAiAnswer(document, target.provider.type, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorBody(answer.status, answer.body, answer.length, failure);
  }
}

/** Writes a path with the model, percent-encoded, in the place of `{model}` (checklist item 115). */
function writeChatPath(path: StaticArray<u8>, model: StaticArray<u8>, out: ByteBuffer): void {
  const start = changetype<usize>(path);
  const end = start + path.length;
  const open = findByte(start, end, 0x7b);
  out.bytes(start, (open - start) as i32);
  if (open == end) return;
  encodePercent(changetype<usize>(model), model.length, out);
  const close = min(findByte(open, end, 0x7d) + 1, end);
  out.bytes(close, (end - close) as i32);
}
