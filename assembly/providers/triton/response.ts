import { AnswerSink, FinishReason } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { readErrorObject } from "./errors";

const TEXT_OUTPUT = new JsonKey("text_output");
const MODEL_NAME = new JsonKey("model_name");
const FINISH_REASON = new JsonKey("finish_reason");
const LENGTH = new JsonKey("length");

/** Says that an answer begins: the model's name. */
export function startAnswer(document: JsonDocument, sink: AnswerSink): void {
  const model = document.find(document.root(), MODEL_NAME);
  sink.start(0, 0, document.textPointer(model), document.textLength(model), 0);
}

/** The text of `text_output`, which is a list of one for models that answer in batches; -1 when there is none. */
function findOutput(document: JsonDocument): i32 {
  let output = document.find(document.root(), TEXT_OUTPUT);
  if (document.isArray(output)) output = document.first(output);
  return document.isString(output) ? output : -1;
}

/** Tells `text_output`, or a piece of it. */
export function tellOutput(document: JsonDocument, sink: AnswerSink): void {
  const output = findOutput(document);
  if (document.textLength(output) > 0) sink.text(0, document.textPointer(output), document.textLength(output));
}

/** Why an answer ended, which some backends say. Source: https://github.com/triton-inference-server/vllm_backend/blob/main/docs/additional_outputs.md */
export function readFinishReason(document: JsonDocument): FinishReason {
  const reason = document.find(document.root(), FINISH_REASON);
  return document.equals(reason, LENGTH) ? FinishReason.Length : FinishReason.Stop;
}

/** Tells a unary answer. */
export function readAnswer(document: JsonDocument, sink: AnswerSink): void {
  if (findOutput(document) < 0) {
    if (readErrorObject(document, 500, sink.failure)) sink.fail();
    else sink.failWith(FailureReason.StreamError, 502, "The provider's answer holds no text_output.");
    return;
  }
  startAnswer(document, sink);
  tellOutput(document, sink);
  sink.finish(0, readFinishReason(document));
  sink.done();
}
