import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink, FinishReason } from "../../canonical/answer";
import { ErrorBody } from "../../canonical/error-body";
import { Failure, FailureReason } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { fillError } from "../shared/coded-errors";
import { failNotJson, failTruncated, readPlainError } from "../shared/errors";
import { checkRequest } from "./check";
import { writeRequest } from "./request";

const TRANSLATIONS = new JsonKey("translations");
const TEXT = new JsonKey("text");
const MESSAGE = new JsonKey("message");
/** The account's characters are used up. Source: https://developers.deepl.com/docs/best-practices/error-handling */
const QUOTA_EXCEEDED: i32 = 456;

/** DeepL never streams: what calls itself a stream is none. */
class NoStreamReader extends StreamReader {
  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    failNotJson(sink);
  }
  end(sink: AnswerSink): void {
    failTruncated(sink);
  }
  free(): void {}
}

/** DeepL's translation. Source: https://developers.deepl.com/docs/api-reference/translate */
export class DeepLProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkRequest(request, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.ascii("/translate");
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new NoStreamReader();
  }

  /** Tells the translations, one per line as the texts were. */
  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    const translations = document.find(document.root(), TRANSLATIONS);
    if (!document.isArray(translations)) {
      sink.failWith(FailureReason.StreamError, 502, "The provider's answer holds no translations.");
      return;
    }
    sink.start(0, 0, 0, 0, 0);
    const lines = new ByteBuffer();
    for (let each = document.first(translations); each >= 0; each = document.nextElement(each)) {
      const text = document.find(each, TEXT);
      if (lines.length > 0) lines.ascii("\\n");
      lines.bytes(document.textPointer(text), document.textLength(text));
    }
    sink.text(0, lines.pointer, lines.length);
    lines.free();
    sink.finish(0, FinishReason.Stop);
    sink.done();
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    const parsed = new ErrorBody();
    const found = parsed.parse(answer.body, answer.length, 1);
    const message = parsed.document.find(parsed.document.root(), MESSAGE);
    if (found && parsed.document.isString(message)) fillError(parsed.document, message, -1, answer.status, failure);
    else readPlainError(answer.status, answer.body, answer.length, failure);
    parsed.free();
    if (answer.status == QUOTA_EXCEEDED) failure.reason = FailureReason.RateLimit;
  }
}
