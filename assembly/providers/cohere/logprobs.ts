import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";
import { writeRaw } from "../shared/values";

const TEXT = new JsonKey("text");
const LOGPROBS = new JsonKey("logprobs");

/**
 * Tells `{"text","token_ids","logprobs"}`, a piece of text and one number for each of its tokens, as OpenAI's tokens: the first has the
 * text and the others have none, so that texts and probabilities add up. Source: https://docs.cohere.com/reference/chat (logprobs)
 */
export function tellLogprobs(document: JsonDocument, item: i32, sink: AnswerSink): void {
  const numbers = document.find(item, LOGPROBS);
  let text = document.find(item, TEXT);
  const out = new ByteBuffer();
  for (let number = document.first(numbers); number >= 0; number = document.nextElement(number)) {
    if (!document.isNumber(number)) continue;
    out.length = 0;
    out.ascii('{"token":"');
    out.bytes(document.textPointer(text), document.textLength(text));
    out.ascii('","logprob":');
    writeRaw(document, number, out);
    out.ascii(',"bytes":null,"top_logprobs":[]}');
    sink.logprobs(0, out.pointer, out.length);
    text = -1;
  }
  out.free();
}
