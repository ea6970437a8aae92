import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { AttemptTarget } from "../../providers/provider";
import { AttemptRecord, ClientProtocol } from "../client";
import { CompletionWriter } from "./answer-writer";
import { readAll } from "./read-all";
import { readHead } from "./read-head";
import { ChunkWriter } from "./stream-writer";
import { writeErrorBody } from "./write-error";

/** OpenAI's chat completions API. Source: https://platform.openai.com/docs/api-reference/chat */
export class OpenAiChatClient extends ClientProtocol {
  readHead(request: CanonicalRequest, failure: Failure): bool {
    return readHead(request, failure);
  }

  readAll(request: CanonicalRequest, failure: Failure): bool {
    return readAll(request, failure);
  }

  openStreamWriter(
    request: CanonicalRequest,
    target: AttemptTarget,
    id: StaticArray<u8>,
    created: i64,
    out: ByteBuffer,
  ): AnswerSink {
    return new ChunkWriter(request, target, id, created, out);
  }

  openAnswerWriter(
    request: CanonicalRequest,
    target: AttemptTarget,
    id: StaticArray<u8>,
    created: i64,
    out: ByteBuffer,
  ): AnswerSink {
    return new CompletionWriter(target, id, created, out);
  }

  writeError(failure: Failure, attempts: AttemptRecord[] | null, out: ByteBuffer): void {
    writeErrorBody(failure, attempts, out);
  }
}
