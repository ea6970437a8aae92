import { AnswerSink } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { failFromAnswer } from "./errors";
import { MessageTeller } from "./message-teller";

const MESSAGE = new JsonKey("message");

/** Tells a unary answer to the sink. Source: https://docs.ollama.com/api/chat (response) */
export function readMessage(document: JsonDocument, sink: AnswerSink): void {
  const root = document.root();
  if (!document.isObject(document.find(root, MESSAGE))) {
    if (!failFromAnswer(document, sink)) {
      sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not a message.");
    }
    return;
  }
  const teller = new MessageTeller(document);
  teller.tell(root, sink);
  teller.finish(root, sink);
  teller.free();
}
