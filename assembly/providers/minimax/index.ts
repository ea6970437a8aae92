import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { forcesFormatTool } from "../shared/format-tool";
import { checkNarrow, Takes } from "../shared/narrow-check";
import { readErrorAnswer } from "./errors";
import { writeRequest } from "./request";
import { readAnswer } from "./response";
import { MiniMaxStreamReader } from "./stream";

/** MiniMax's ChatCompletion Pro. Source: https://platform.minimaxi.com/document/guides/chat-model/pro/api */
export class MiniMaxProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkNarrow(request, Takes.Tools | Takes.FormatTool, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.ascii("/text/chatcompletion_pro?GroupId=");
    out.text(target.provider.setting("minimaxGroupId"));
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new MiniMaxStreamReader(forcesFormatTool(request));
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readAnswer(document, forcesFormatTool(request), sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer, failure);
  }
}
