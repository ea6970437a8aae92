import { AnswerSink } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument } from "../../json/document";
import { ChoiceTeller } from "./choice-teller";
import { readEnvelope } from "./errors";
import { ReasoningMode } from "./reasoning-mode";

/** Tells a unary answer to the sink. Source: https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope (response) */
export function readAnswer(document: JsonDocument, mode: ReasoningMode, sink: AnswerSink): void {
  const teller = new ChoiceTeller(document, false, mode);
  const found = teller.tell(document.root(), sink);
  teller.free();
  if (sink.isDone || sink.hasFailed) return;
  if (!found && readEnvelope(document, 0, sink.failure)) sink.fail();
  else sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not complete.");
}
