import * as keys from "../../canonical/openai-keys";
import { ByteBuffer } from "../../bytes/buffer";
import { JsonDocument } from "../../json/document";
import { ThinkSplitter } from "../shared/think-tags";

/*
 * Some servers have no member for the reasoning: it stands in the text, between `<think>` and `</think>` at its begin. It goes out in
 * `reasoning_content`, as that of all others (checklist item 134).
 * Source: https://docs.perplexity.ai/guides/structured-outputs, https://console.groq.com/docs/reasoning (`raw`)
 */

/** Whether a delta or a message has reasoning in a member of its own, so that tags in its text are text. */
export function hasOwnReasoning(document: JsonDocument, words: i32): bool {
  return (
    document.textLength(document.find(words, keys.REASONING_CONTENT)) > 0 ||
    document.textLength(document.find(words, keys.REASONING)) > 0
  );
}

/** The thinking and the text of a whole message, to be freed by the caller; null when there is no thinking in the text. */
export function splitMessage(document: JsonDocument, message: i32): ThinkSplitter | null {
  const content = document.find(message, keys.CONTENT);
  if (document.textLength(content) == 0 || hasOwnReasoning(document, message)) return null;
  const tags = new ThinkSplitter();
  if (tags.split(document.textPointer(content), document.textLength(content)) && tags.isTagged) {
    tags.end();
    return tags;
  }
  tags.free();
  return null;
}

/** Writes what takes the place of the member `content`; `empty` is what it says when there is no text. */
export function writeSplitMembers(tags: ThinkSplitter, empty: string, out: ByteBuffer): void {
  const reasoning = tags.reasoning;
  if (reasoning.length > 0) {
    out.ascii('"reasoning_content":"');
    out.bytes(reasoning.pointer, reasoning.length);
    out.ascii('",');
  }
  out.ascii('"content":');
  writeText(tags.text, empty, out);
}

/** Writes a delta with what was split off. */
export function writeSplitDelta(tags: ThinkSplitter, out: ByteBuffer): void {
  out.byte(0x7b);
  writeSplitMembers(tags, "null", out);
  out.byte(0x7d);
}

function writeText(text: ByteBuffer, empty: string, out: ByteBuffer): void {
  if (text.length == 0) {
    out.ascii(empty);
    return;
  }
  out.byte(0x22);
  out.bytes(text.pointer, text.length);
  out.byte(0x22);
}
