import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink, FinishReason } from "../../canonical/answer";
import { copyMessage } from "../../canonical/error-text";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { equalsUnescaped } from "../../json/read";
import { escapeInto } from "../../json/write";
import { AttemptTarget } from "../provider";
import { AppKind, appKind } from "./app-kind";
import { readErrorObject } from "./errors";
import { readRunUsage, readUsage } from "./usage";

const ANSWER = new JsonKey("answer");
const CONVERSATION_ID = new JsonKey("conversation_id");
const MESSAGE_ID = new JsonKey("message_id");
const RUN_ID = new JsonKey("workflow_run_id");
const CREATED_AT = new JsonKey("created_at");
const METADATA = new JsonKey("metadata");
const USAGE = new JsonKey("usage");
const DATA = new JsonKey("data");
const OUTPUTS = new JsonKey("outputs");
const STATUS = new JsonKey("status");
const SUCCEEDED = new JsonKey("succeeded");
const PARTIAL = new JsonKey("partial-succeeded");
const ERROR = new JsonKey("error");

/**
 * Says that an answer begins. Its id is the conversation's where there is one, because that is what a client needs to go on with it
 * (Higress does so, too); else the message's or the run's.
 */
export function startAnswer(document: JsonDocument, object: i32, sink: AnswerSink): void {
  let id = document.find(object, CONVERSATION_ID);
  if (document.textLength(id) == 0) id = document.find(object, MESSAGE_ID);
  if (document.textLength(id) == 0) id = document.find(object, RUN_ID);
  const created = document.integer(document.find(object, CREATED_AT));
  sink.start(document.textPointer(id), document.textLength(id), 0, 0, created);
}

/** Reads the usage of a message, which stands in its metadata. */
export function readMetadata(document: JsonDocument, object: i32, sink: AnswerSink): void {
  readUsage(document, document.find(document.find(object, METADATA), USAGE), sink.usage);
}

/** The output that is the answer: `outputVariable`, else the first text; -1 when there is none. */
function findOutput(document: JsonDocument, outputs: i32, variable: StaticArray<u8>): i32 {
  for (let key = document.isObject(outputs) ? document.first(outputs) : -1; key >= 0; key = document.nextKey(key)) {
    const value = document.valueOf(key);
    if (variable.length == 0) {
      if (document.isString(value)) return value;
      continue;
    }
    const pointer = document.rawPointer(key) + 1;
    const length = document.rawLength(key) - 2;
    if (equalsUnescaped(pointer, length, changetype<usize>(variable), variable.length)) return value;
  }
  return -1;
}

/** Tells the output of a workflow: a text as it is, anything else as JSON. */
export function tellOutput(document: JsonDocument, data: i32, target: AttemptTarget, sink: AnswerSink): void {
  const outputs = document.find(data, OUTPUTS);
  const node = findOutput(document, outputs, target.provider.setting("outputVariable"));
  if (document.isString(node)) {
    sink.text(0, document.textPointer(node), document.textLength(node));
    return;
  }
  const value = document.isPresent(node) ? node : outputs;
  if (!document.isPresent(value)) return;
  const escaped = new ByteBuffer();
  escapeInto(document.rawPointer(value), document.rawLength(value), escaped);
  sink.text(0, escaped.pointer, escaped.length);
  escaped.free();
}

/** Whether a run has gone well; when not, the answer has failed. Source: https://docs.dify.ai/api-reference/workflow-execution/execute-workflow */
export function checkRun(document: JsonDocument, data: i32, sink: AnswerSink): bool {
  const status = document.find(data, STATUS);
  if (document.equals(status, SUCCEEDED) || document.equals(status, PARTIAL)) return true;
  const error = document.find(data, ERROR);
  const failure = sink.failure;
  failure.set(FailureReason.StreamError, 502, "The workflow did not succeed.", "workflow_failed");
  if (document.textLength(error) > 0) {
    failure.message = copyMessage(document.textPointer(error), document.textLength(error));
  }
  sink.fail();
  return false;
}

/** Tells a blocking answer: a message, or the run of a workflow. */
export function readAnswer(document: JsonDocument, target: AttemptTarget, sink: AnswerSink): void {
  const root = document.root();
  const data = document.find(root, DATA);
  if (appKind(target) == AppKind.Workflow && document.isObject(data)) {
    if (!checkRun(document, data, sink)) return;
    startAnswer(document, root, sink);
    tellOutput(document, data, target, sink);
    readRunUsage(document, data, sink.usage);
  } else {
    const answer = document.find(root, ANSWER);
    if (!document.isString(answer)) {
      if (readErrorObject(document, root, 0, sink.failure)) sink.fail();
      else sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not a message.");
      return;
    }
    startAnswer(document, root, sink);
    sink.text(0, document.textPointer(answer), document.textLength(answer));
    readMetadata(document, root, sink);
  }
  sink.finish(0, FinishReason.Stop);
  sink.done();
}
