import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { readErrorBody } from "./errors";
import { writeRequestPrefix } from "./request";
import { OpenAiStreamReader, readOpenAiAnswer } from "./stream-reader";

/**
 * OpenAI's chat completions API and everything that is compatible with it; what differs between vendors is data in the catalogue.
 * Source: https://platform.openai.com/docs/api-reference/chat
 */
export class OpenAiProtocol extends ProviderProtocol {
  /** The client speaks the same protocol, so the vendor itself says what is wrong with a request. */
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return true;
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.ascii(target.provider.type.chatPath);
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

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new OpenAiStreamReader();
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readOpenAiAnswer(document, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorBody(answer.status, answer.body, answer.length, failure);
  }
}
