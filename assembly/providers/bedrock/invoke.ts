import { decodeBase64 } from "../../bytes/base64";
import { ByteBuffer, encodeText, equalsText } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { Notice, Notices } from "../../canonical/notices";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { EXCEPTION_MARK } from "../../sse/event-stream";
import { AnthropicStreamReader } from "../anthropic/stream";
import { StreamReader } from "../provider";
import { failNotJson } from "../shared/errors";
import { failWithException } from "./stream";

const CHUNK = encodeText("chunk");
const BYTES = new JsonKey("bytes");
/** Buffers that grew beyond this are given back behind each event. */
const KEPT_BYTES: i32 = 64 * 1024;

/**
 * Reads the events of InvokeModelWithResponseStream: each holds one of Anthropic's events as base64.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
export class InvokeStreamReader extends StreamReader {
  private reader: AnthropicStreamReader;
  private document: JsonDocument = new JsonDocument();
  private text: ByteBuffer = new ByteBuffer();
  private plain: ByteBuffer = new ByteBuffer();

  constructor(
    unwrapsFormat: bool,
    private notices: Notices,
  ) {
    super();
    this.reader = new AnthropicStreamReader(unwrapsFormat, notices);
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    if (nameLength > 0 && load<u8>(name) == EXCEPTION_MARK) {
      failWithException(name, nameLength, data, dataLength, sink);
      return;
    }
    if (!equalsText(name, nameLength, CHUNK)) {
      this.notices.note(Notice.UnknownEvent);
      return;
    }
    if (!this.decode(data, dataLength)) {
      failNotJson(sink);
      return;
    }
    this.reader.event(0, 0, this.plain.pointer, this.plain.length, sink);
    this.text.clear(KEPT_BYTES);
    this.plain.clear(KEPT_BYTES);
  }

  end(sink: AnswerSink): void {
    this.reader.end(sink);
  }

  free(): void {
    this.reader.free();
    this.document.free();
    this.text.free();
    this.plain.free();
  }

  private decode(data: usize, dataLength: i32): bool {
    const document = this.document;
    if (document.parse(data, dataLength, 1) != JsonError.None) return false;
    const bytes = document.find(document.root(), BYTES);
    if (!document.isString(bytes)) return false;
    this.text.length = 0;
    this.plain.length = 0;
    unescapeInto(document.textPointer(bytes), document.textLength(bytes), this.text);
    return decodeBase64(this.text.pointer, this.text.length, this.plain);
  }
}
