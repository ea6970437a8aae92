import { AnswerSink, FinishReason } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { Notice, Notices } from "../../canonical/notices";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { AttemptTarget, StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { AppKind, appKind } from "./app-kind";
import { readErrorObject } from "./errors";
import { checkRun, readMetadata, startAnswer, tellOutput } from "./response";
import { readRunUsage } from "./usage";

const EVENT = new JsonKey("event");
const MESSAGE = new JsonKey("message");
const AGENT_MESSAGE = new JsonKey("agent_message");
const TEXT_CHUNK = new JsonKey("text_chunk");
const MESSAGE_REPLACE = new JsonKey("message_replace");
const MESSAGE_END = new JsonKey("message_end");
const WORKFLOW_FINISHED = new JsonKey("workflow_finished");
const ERROR = new JsonKey("error");
const ANSWER = new JsonKey("answer");
const DATA = new JsonKey("data");
const TEXT = new JsonKey("text");

/** Events about what goes on inside of an app, which no client of OpenAI's API has a place for. */
const SILENT: JsonKey[] = listSilent();

function listSilent(): JsonKey[] {
  const names =
    "ping agent_thought agent_log message_file tts_message tts_message_end workflow_started node_started node_finished node_retry iteration_started iteration_next iteration_completed loop_started loop_next loop_completed parallel_branch_started parallel_branch_finished".split(
      " ",
    );
  const keys: JsonKey[] = [];
  for (let index = 0; index < names.length; index++) keys.push(new JsonKey(names[index]));
  return keys;
}

/** Containers that have to be looked into: event, metadata, usage or data, outputs. */
const EVENT_DEPTH: i32 = 4;

/**
 * Reads the events of an app. `message_end` ends a message, `workflow_finished` the run of a workflow (inside a chat it is one step).
 * Source: https://docs.dify.ai/api-reference/chat/send-chat-message (streaming)
 */
export class DifyStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private isWorkflow: bool;
  private hasStarted: bool = false;
  private hasText: bool = false;
  private isReplaced: bool = false;

  constructor(
    private target: AttemptTarget,
    private notices: Notices,
  ) {
    super();
    this.isWorkflow = appKind(target) == AppKind.Workflow;
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    const root = document.root();
    const event = document.find(root, EVENT);
    if (document.equals(event, MESSAGE) || document.equals(event, AGENT_MESSAGE)) {
      this.tell(root, document.find(root, ANSWER), sink);
    } else if (document.equals(event, TEXT_CHUNK)) {
      this.tell(root, document.find(document.find(root, DATA), TEXT), sink);
    } else if (document.equals(event, MESSAGE_REPLACE)) this.replace(root, sink);
    else if (document.equals(event, MESSAGE_END)) this.endMessage(root, sink);
    else if (document.equals(event, WORKFLOW_FINISHED)) this.endRun(root, sink);
    else if (document.equals(event, ERROR)) {
      if (readErrorObject(document, root, 0, sink.failure)) sink.fail();
      else sink.failWith(FailureReason.StreamError, 502, "The provider reported an error.");
    } else if (!this.isSilent(event)) this.notices.note(Notice.UnknownEvent);
  }

  end(sink: AnswerSink): void {
    failTruncated(sink);
  }

  free(): void {
    this.document.free();
  }

  private isSilent(event: i32): bool {
    for (let index = 0; index < SILENT.length; index++) {
      if (this.document.equals(event, unchecked(SILENT[index]))) return true;
    }
    return false;
  }

  private ensureStarted(root: i32, sink: AnswerSink): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    startAnswer(this.document, root, sink);
  }

  private tell(root: i32, text: i32, sink: AnswerSink): void {
    const length = this.document.textLength(text);
    if (length == 0 || this.isReplaced) return;
    this.ensureStarted(root, sink);
    this.hasText = true;
    sink.text(0, this.document.textPointer(text), length);
  }

  /** The app's moderation takes everything back that was said. What has gone out stays; the client learns why it ends. */
  private replace(root: i32, sink: AnswerSink): void {
    if (!this.hasText) this.tell(root, this.document.find(root, ANSWER), sink);
    this.isReplaced = true;
  }

  private finish(root: i32, sink: AnswerSink): void {
    this.ensureStarted(root, sink);
    sink.finish(0, this.isReplaced ? FinishReason.ContentFilter : FinishReason.Stop);
    sink.done();
  }

  private endMessage(root: i32, sink: AnswerSink): void {
    if (this.isWorkflow) return;
    readMetadata(this.document, root, sink);
    this.finish(root, sink);
  }

  private endRun(root: i32, sink: AnswerSink): void {
    const document = this.document;
    const data = document.find(root, DATA);
    if (!checkRun(document, data, sink) || !this.isWorkflow) return;
    readRunUsage(document, data, sink.usage);
    this.ensureStarted(root, sink);
    if (!this.hasText) tellOutput(document, data, this.target, sink);
    this.finish(root, sink);
  }
}
