import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkModel, checkRequest } from "./check";
import { readErrorAnswer } from "./errors";
import { RequestPlan } from "./plan";
import { writeRequest } from "./request";
import { readResponse } from "./response";
import { GeminiStreamReader } from "./stream";

/** Writes a model and what is asked of it; `alt=sse` frames a stream as events, which without it is one JSON list. */
export function writeModelPath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  out.ascii("/models/");
  out.text(target.model);
  out.ascii(request.stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
}

/** Gemini's API at Google AI Studio. Source: https://ai.google.dev/api/generate-content */
export class GeminiProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkModel(target, failure) && checkRequest(request, failure, true);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    const version = target.provider.apiVersion;
    out.text(target.provider.basePath);
    out.byte(0x2f);
    if (version.length > 0) out.text(version);
    else out.ascii("v1beta");
    writeModelPath(request, target, out);
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new GeminiStreamReader(new RequestPlan(request, target), request.notices);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readResponse(document, new RequestPlan(request, target), request.notices, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer.status, answer.body, answer.length, failure);
  }
}
