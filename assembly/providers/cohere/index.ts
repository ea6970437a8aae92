import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkRequest } from "./check";
import { readErrorAnswer } from "./errors";
import { writeRequest } from "./request";
import { readMessage } from "./response";
import { CohereStreamReader } from "./stream";
import { usesFormatTool } from "./tools";

/** Cohere's Chat API, version 2. Source: https://docs.cohere.com/reference/chat */
export class CohereProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkRequest(request, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.ascii("/v2/chat");
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new CohereStreamReader(usesFormatTool(request), request.notices);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readMessage(document, usesFormatTool(request), sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer.status, answer.body, answer.length, failure);
  }
}
