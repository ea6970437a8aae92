import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkNarrow, Takes } from "../shared/narrow-check";
import { AppKind, appKind } from "./app-kind";
import { readErrorAnswer } from "./errors";
import { writeRequest } from "./request";
import { readAnswer } from "./response";
import { DifyStreamReader } from "./stream";

/**
 * Dify's apps: chat and agent, completion, workflow. The model is the app's own, which the key names.
 * Source: https://docs.dify.ai/api-reference/chat/send-chat-message
 */
export class DifyProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkNarrow(request, Takes.ImageUrls | Takes.DocumentUrls, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    switch (appKind(target)) {
      case AppKind.Workflow:
        out.ascii("/workflows/run");
        return;
      case AppKind.Completion:
        out.ascii("/completion-messages");
        return;
      default:
        out.ascii("/chat-messages");
    }
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new DifyStreamReader(target, request.notices);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readAnswer(document, target, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer, failure);
  }
}
