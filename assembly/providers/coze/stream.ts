import { equalsText, encodeText } from "../../bytes/buffer";
import { AnswerSink, FinishReason } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { Notice, Notices } from "../../canonical/notices";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { readErrorObject, readLastError } from "./errors";
import { readUsage } from "./usage";

const MESSAGE_DELTA = encodeText("conversation.message.delta");
const MESSAGE_COMPLETED = encodeText("conversation.message.completed");
const CHAT_COMPLETED = encodeText("conversation.chat.completed");
const CHAT_FAILED = encodeText("conversation.chat.failed");
const REQUIRES_ACTION = encodeText("conversation.chat.requires_action");
const CHAT_CREATED = encodeText("conversation.chat.created");
const CHAT_IN_PROGRESS = encodeText("conversation.chat.in_progress");
const AUDIO_DELTA = encodeText("conversation.audio.delta");
const ERROR = encodeText("error");
const DONE = encodeText("done");

const TYPE = new JsonKey("type");
const ANSWER = new JsonKey("answer");
const CONTENT = new JsonKey("content");
const REASONING = new JsonKey("reasoning_content");
const CONVERSATION_ID = new JsonKey("conversation_id");
const CREATED_AT = new JsonKey("created_at");
const USAGE = new JsonKey("usage");

/** Containers that have to be looked into: event, usage or error. */
const EVENT_DEPTH: i32 = 3;

/**
 * Reads the events of a chat, whose names say what they are. Messages of the type `answer` are told; calls of the bot's own plugins,
 * suggested questions and the like are not. Source: https://www.coze.com/docs/developer_guides/chat_v3 (streaming)
 */
export class CozeStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private hasStarted: bool = false;
  private hasText: bool = false;

  constructor(private notices: Notices) {
    super();
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    // A chat that is complete says so itself; the mark behind it holds nothing.
    if (equalsText(name, nameLength, DONE)) return;
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    const root = document.root();
    if (equalsText(name, nameLength, MESSAGE_DELTA)) this.tell(root, sink);
    else if (equalsText(name, nameLength, MESSAGE_COMPLETED)) {
      // A message without deltas, such as a card's text or a fixed reply, comes whole.
      if (!this.hasText) this.tell(root, sink);
    } else if (equalsText(name, nameLength, CHAT_COMPLETED)) this.complete(root, sink);
    else if (equalsText(name, nameLength, CHAT_FAILED)) {
      readLastError(document, root, sink.failure);
      sink.fail();
    } else if (equalsText(name, nameLength, REQUIRES_ACTION)) {
      sink.failWith(
        FailureReason.StreamError,
        502,
        "The bot wants the result of a tool of its own, which no client has.",
      );
    } else if (equalsText(name, nameLength, ERROR)) this.readError(root, sink);
    else if (!this.isSilent(name, nameLength)) this.notices.note(Notice.UnknownEvent);
  }

  end(sink: AnswerSink): void {
    failTruncated(sink);
  }

  free(): void {
    this.document.free();
  }

  private isSilent(name: usize, length: i32): bool {
    return (
      equalsText(name, length, CHAT_CREATED) ||
      equalsText(name, length, CHAT_IN_PROGRESS) ||
      equalsText(name, length, AUDIO_DELTA)
    );
  }

  /** The answer's id is the conversation's, because that is what a client needs to go on with it. */
  private ensureStarted(root: i32, sink: AnswerSink): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    const document = this.document;
    const id = document.find(root, CONVERSATION_ID);
    const created = document.integer(document.find(root, CREATED_AT));
    sink.start(document.textPointer(id), document.textLength(id), 0, 0, created);
  }

  private tell(root: i32, sink: AnswerSink): void {
    const document = this.document;
    if (!document.equals(document.find(root, TYPE), ANSWER)) return;
    this.ensureStarted(root, sink);
    const reasoning = document.find(root, REASONING);
    if (document.textLength(reasoning) > 0) {
      sink.reasoning(0, document.textPointer(reasoning), document.textLength(reasoning));
    }
    const content = document.find(root, CONTENT);
    if (document.textLength(content) == 0) return;
    this.hasText = true;
    sink.text(0, document.textPointer(content), document.textLength(content));
  }

  private complete(root: i32, sink: AnswerSink): void {
    readUsage(this.document, this.document.find(root, USAGE), sink.usage);
    this.ensureStarted(root, sink);
    sink.finish(0, FinishReason.Stop);
    sink.done();
  }

  private readError(root: i32, sink: AnswerSink): void {
    if (readErrorObject(this.document, root, 0, sink.failure)) sink.fail();
    else sink.failWith(FailureReason.StreamError, 502, "The provider reported an error.");
  }
}
