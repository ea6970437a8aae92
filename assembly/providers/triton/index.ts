import { ByteBuffer } from "../../bytes/buffer";
import { encodePercent } from "../../bytes/percent";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkNarrow, Takes } from "../shared/narrow-check";
import { readErrorAnswer } from "./errors";
import { writeRequest } from "./request";
import { readAnswer } from "./response";
import { TritonStreamReader } from "./stream";

/**
 * Triton's generate extension. Source:
 * https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html
 */
export class TritonProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    return checkNarrow(request, Takes.Nothing, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    const version = target.provider.setting("tritonModelVersion");
    out.text(target.provider.basePath);
    out.ascii("/v2/models/");
    encodePercent(changetype<usize>(target.model), target.model.length, out);
    if (version.length > 0) {
      out.ascii("/versions/");
      out.text(version);
    }
    out.ascii(request.stream ? "/generate_stream" : "/generate");
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    writeRequest(request, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    return new TritonStreamReader();
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    readAnswer(document, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer, failure);
  }
}
