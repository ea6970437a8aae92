import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkRequest } from "./check";
import { readErrorAnswer } from "./errors";
import { RequestPlan } from "./plan";
import { readingModeOf } from "./reasoning-mode";
import { writeRequest } from "./request";
import { readAnswer } from "./response";
import { DashScopeStreamReader } from "./stream";

const SSE_HEADER = encodeText("x-dashscope-sse");
const ACCEPT = encodeText("accept");
const OWNED_HEADERS: StaticArray<u8>[] = [SSE_HEADER, ACCEPT];
const ENABLE = encodeText("enable");
const EVENT_STREAM = encodeText("text/event-stream");
const JSON_TYPE = encodeText("application/json");

/** DashScope's own generation API. Source: https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope */
export class DashScopeProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkRequest(request, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.ascii("/api/v1/services/aigc/");
    out.ascii(new RequestPlan(request, target).isMultimodal ? "multimodal" : "text");
    out.ascii("-generation/generation");
  }

  /** A client's own `accept` could ask for events too, so it is always said what is meant. */
  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
    const streams = new RequestPlan(request, target).streams;
    headers.setText(ACCEPT, streams ? EVENT_STREAM : JSON_TYPE);
    if (streams) headers.setText(SSE_HEADER, ENABLE);
  }

  ownedHeaders(): StaticArray<u8>[] {
    return OWNED_HEADERS;
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    const isIncremental = new RequestPlan(request, target).isIncremental;
    return new DashScopeStreamReader(isIncremental, readingModeOf(target), request.notices);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readAnswer(document, readingModeOf(target), sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer.status, answer.body, answer.length, failure);
  }
}
