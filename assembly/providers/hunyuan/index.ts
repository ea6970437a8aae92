import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { forcesFormatTool } from "../shared/format-tool";
import { checkNarrow, Takes } from "../shared/narrow-check";
import { readErrorAnswer } from "./errors";
import { writeRequest } from "./request";
import { readAnswer } from "./response";
import { signRequest, TIMESTAMP } from "./sign";
import { HunyuanStreamReader } from "./stream";

const ACTION = encodeText("x-tc-action");
const VERSION = encodeText("x-tc-version");
const OWNED_HEADERS: StaticArray<u8>[] = [ACTION, VERSION, TIMESTAMP];
const CHAT_COMPLETIONS = encodeText("ChatCompletions");
const API_VERSION = encodeText("2023-09-01");

/** Tencent Cloud's ChatCompletions. Source: https://cloud.tencent.com/document/api/1729/105701 */
export class HunyuanProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkNarrow(request, Takes.ImageUrls | Takes.InlineImages | Takes.Tools | Takes.FormatTool, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.byte(0x2f);
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    headers.setText(ACTION, CHAT_COMPLETIONS);
    headers.setText(VERSION, API_VERSION);
  }

  ownedHeaders(): StaticArray<u8>[] {
    return OWNED_HEADERS;
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  signRequest(target: AttemptTarget, body: usize, length: i32, now: i64, headers: HeaderSink): void {
    signRequest(target, body, length, now, headers);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new HunyuanStreamReader(forcesFormatTool(request));
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readAnswer(document, forcesFormatTool(request), sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer, failure);
  }
}
