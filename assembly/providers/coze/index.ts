import { ByteBuffer } from "../../bytes/buffer";
import { encodePercent } from "../../bytes/percent";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkNarrow, Takes } from "../shared/narrow-check";
import { conversationOf } from "../shared/plain-text";
import { readCodedAnswer, readErrorAnswer } from "./errors";
import { writeRequest } from "./request";
import { CozeStreamReader } from "./stream";

/**
 * Coze's chat. An answer that is not streamed would have to be asked for again and again, so a stream is always asked for; it is gathered
 * for clients that want none. Source: https://www.coze.com/docs/developer_guides/chat_v3
 */
export class CozeProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkNarrow(request, Takes.ImageUrls | Takes.DocumentUrls, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    const document = request.document;
    out.text(target.provider.basePath);
    out.ascii("/v3/chat");
    const conversation = conversationOf(request);
    if (conversation < 0) return;
    out.ascii("?conversation_id=");
    const id = new ByteBuffer();
    unescapeInto(document.textPointer(conversation), document.textLength(conversation), id);
    encodePercent(id.pointer, id.length, out);
    id.free();
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new CozeStreamReader(request.notices);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readCodedAnswer(document, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer, failure);
  }
}
