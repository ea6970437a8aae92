import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest, ResponseFormat } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkRequest } from "./check";
import { readErrorAnswer } from "./errors";
import { usesFormatTool } from "./plan";
import { writeRequest } from "./request";
import { readMessage } from "./response";
import { AnthropicStreamReader } from "./stream";

const VERSION_HEADER = encodeText("anthropic-version");
const OWNED_HEADERS: StaticArray<u8>[] = [VERSION_HEADER];
/** Source: https://platform.claude.com/docs/en/api/versioning */
const DEFAULT_VERSION = encodeText("2023-06-01");

/** Anthropic's Messages API. Source: https://platform.claude.com/docs/en/api/messages/create */
export class AnthropicProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkRequest(request, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.ascii("/messages");
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
    const version = target.provider.apiVersion;
    headers.setText(VERSION_HEADER, version.length > 0 ? version : DEFAULT_VERSION);
  }

  ownedHeaders(): StaticArray<u8>[] {
    return OWNED_HEADERS;
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  /** Only how `response_format` was asked for depends on more than what the request has noted. */
  readsRequestAgain(request: CanonicalRequest): bool {
    return request.responseFormat != ResponseFormat.Text;
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new AnthropicStreamReader(usesFormatTool(request, target), request.notices);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readMessage(document, usesFormatTool(request, target), sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer.status, answer.body, answer.length, failure);
  }
}
