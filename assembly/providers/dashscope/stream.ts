import { encodeText, equalsText } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { Notice, Notices } from "../../canonical/notices";
import { JsonDocument, JsonError } from "../../json/document";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { ChoiceTeller } from "./choice-teller";
import { readEnvelope } from "./errors";
import { ReasoningMode } from "./reasoning-mode";

const ERROR = encodeText("error");

/** Containers of an event that have to be looked into: functions of tool calls lie deepest. */
const EVENT_DEPTH: i32 = 9;

/**
 * Reads DashScope's stream: events `result` with an output each, or one event `error` inside the 200.
 * Source: https://www.alibabacloud.com/help/en/model-studio/stream
 */
export class DashScopeStreamReader extends StreamReader {
  private document: JsonDocument;
  private teller: ChoiceTeller;

  /** isIncremental: whether the provider was asked for what is new only. */
  constructor(
    isIncremental: bool,
    mode: ReasoningMode,
    private notices: Notices,
  ) {
    super();
    const document = new JsonDocument();
    this.document = document;
    this.teller = new ChoiceTeller(document, !isIncremental, mode);
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    const isError = equalsText(name, nameLength, ERROR);
    if (!isError && this.teller.tell(document.root(), sink)) return;
    if (readEnvelope(document, 0, sink.failure)) sink.fail();
    else if (isError) sink.failWith(FailureReason.StreamError, 502, "The provider reported an error.");
    else this.notices.note(Notice.UnknownEvent);
  }

  end(sink: AnswerSink): void {
    failTruncated(sink);
  }

  free(): void {
    this.document.free();
    this.teller.free();
  }
}
