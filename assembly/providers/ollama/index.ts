import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { Framing } from "../../sse/frame-decoder";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkRequest } from "./check";
import { readErrorAnswer } from "./errors";
import { writeRequest } from "./request";
import { readMessage } from "./response";
import { OllamaStreamReader } from "./stream";

/** Ollama's own chat API. Source: https://docs.ollama.com/api/chat */
export class OllamaProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkRequest(request, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.ascii("/api/chat");
  }

  framing(request: CanonicalRequest, target: AttemptTarget): Framing {
    return Framing.JsonLines;
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new OllamaStreamReader();
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readMessage(document, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer.status, answer.body, answer.length, failure);
  }
}
