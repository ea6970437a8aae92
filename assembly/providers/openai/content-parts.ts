import * as keys from "../../canonical/openai-keys";
import { ByteBuffer } from "../../bytes/buffer";
import { JsonDocument, JsonKey } from "../../json/document";

const SUMMARY = new JsonKey("summary");

/**
 * Some servers answer with a list of parts in `content`, thoughts among them, which no client of OpenAI's API expects. Appends the text
 * of the parts, escaped as it came: that of the thoughts, or that of all others.
 * Sources: https://docs.mistral.ai/capabilities/reasoning (`thinking`),
 * https://docs.databricks.com/aws/en/machine-learning/model-serving/query-reason-models (`reasoning` with a `summary`)
 */
export function appendParts(document: JsonDocument, content: i32, isThought: bool, out: ByteBuffer): void {
  for (let part = document.first(content); part >= 0; part = document.nextElement(part)) {
    let inner = document.find(part, keys.THINKING);
    if (!document.isPresent(inner)) inner = document.find(part, SUMMARY);
    if (document.isPresent(inner) != isThought) continue;
    if (isThought) appendTexts(document, inner, out);
    else appendText(document, document.find(part, keys.TEXT), out);
  }
}

function appendTexts(document: JsonDocument, inner: i32, out: ByteBuffer): void {
  appendText(document, inner, out);
  for (let part = document.first(inner); part >= 0 && document.isArray(inner); part = document.nextElement(part)) {
    appendText(document, document.find(part, keys.TEXT), out);
  }
}

function appendText(document: JsonDocument, text: i32, out: ByteBuffer): void {
  out.bytes(document.textPointer(text), document.textLength(text));
}

/** Writes what takes the place of a member `content` that holds parts: the text, and the thoughts in `reasoning_content`. */
export function writeContentMembers(document: JsonDocument, content: i32, out: ByteBuffer): void {
  const hasThoughts = writeMember(document, content, '"reasoning_content":"', true, out);
  if (hasThoughts) out.byte(0x2c);
  const hasText = writeMember(document, content, '"content":"', false, out);
  // A chunk of thoughts alone says nothing about the text.
  if (!hasText) out.ascii(hasThoughts ? '"content":null' : '"content":""');
}

/** Writes one of the two members, unless it would be empty: then nothing, and false. */
function writeMember(document: JsonDocument, content: i32, name: string, isThought: bool, out: ByteBuffer): bool {
  const before = out.length;
  out.ascii(name);
  const start = out.length;
  appendParts(document, content, isThought, out);
  if (out.length == start) {
    out.length = before;
    return false;
  }
  out.byte(0x22);
  return true;
}
