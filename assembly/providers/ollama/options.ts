import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonKey, JsonKind } from "../../json/document";
import { writeNumber, writeStops } from "../shared/native-members";
import { writeRaw } from "../shared/values";

const OPTIONS = new JsonKey("options");

/** Options that OpenAI's API has under these or other names; those of the client's own `options` give way to them. */
const TRANSLATED: JsonKey[] = [
  new JsonKey("temperature"),
  new JsonKey("top_p"),
  new JsonKey("top_k"),
  new JsonKey("seed"),
  new JsonKey("presence_penalty"),
  new JsonKey("frequency_penalty"),
  new JsonKey("num_predict"),
  new JsonKey("stop"),
];

/** Options that clients also send at the top of the request. Source: https://docs.ollama.com/modelfile (parameters) */
const DIRECT: JsonKey[] = [
  new JsonKey("num_ctx"),
  new JsonKey("repeat_penalty"),
  new JsonKey("repeat_last_n"),
  new JsonKey("min_p"),
  new JsonKey("typical_p"),
  new JsonKey("num_keep"),
  new JsonKey("num_predict"),
];

function writeTranslated(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  writeNumber("temperature", document, request.temperature, out);
  writeNumber("top_p", document, request.topP, out);
  writeNumber("top_k", document, request.topK, out);
  writeNumber("seed", document, request.seed, out);
  writeNumber("presence_penalty", document, request.presencePenalty, out);
  writeNumber("frequency_penalty", document, request.frequencyPenalty, out);
  writeNumber("num_predict", document, request.maxTokens, out);
  writeStops("stop", request, out);
}

/** Whether the request has a value of its own for one of the translated options. */
function isGiven(request: CanonicalRequest, index: i32): bool {
  const nodes: StaticArray<i32> = [
    request.temperature,
    request.topP,
    request.topK,
    request.seed,
    request.presencePenalty,
    request.frequencyPenalty,
    request.maxTokens,
    request.stop,
  ];
  return index < nodes.length && unchecked(nodes[index]) >= 0;
}

function isSent(request: CanonicalRequest, key: i32): bool {
  const document = request.document;
  for (let index = 0; index < TRANSLATED.length; index++) {
    if (document.equals(key, unchecked(TRANSLATED[index]))) return isGiven(request, index);
  }
  for (let index = 0; index < DIRECT.length; index++) {
    const direct = unchecked(DIRECT[index]);
    if (document.equals(key, direct)) return document.isNumber(document.find(request.extras, direct));
  }
  return false;
}

/** Numbers, texts, flags and lists can be options; anything else is none. */
function isOption(document: JsonDocument, node: i32): bool {
  return document.isPresent(node) && document.kind(node) != JsonKind.Object;
}

/** Writes `,"options":{...}`: what OpenAI's API calls parameters, and the options that the client gave in Ollama's own words. */
export function writeOptions(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const rewind = out.length;
  out.ascii(',"options":{');
  const start = out.length;
  writeTranslated(request, out);
  for (let index = 0; index < DIRECT.length; index++) {
    const key = unchecked(DIRECT[index]);
    if (index == DIRECT.length - 1 && request.maxTokens >= 0) break;
    const node = document.find(request.extras, key);
    if (!document.isNumber(node)) continue;
    out.ascii(',"');
    out.bytes(key.pointer, key.length);
    out.ascii('":');
    writeRaw(document, node, out);
  }
  const own = document.find(request.extras, OPTIONS);
  for (let key = document.first(own); document.isObject(own) && key >= 0; key = document.nextKey(key)) {
    if (isSent(request, key) || !isOption(document, document.valueOf(key))) continue;
    out.byte(0x2c);
    writeRaw(document, key, out);
    out.byte(0x3a);
    writeRaw(document, document.valueOf(key), out);
  }
  if (out.length == start) {
    out.length = rewind;
    return;
  }
  // Every member begins with a comma, which the first one must not have.
  memory.copy(out.pointer + start, out.pointer + start + 1, out.length - start - 1);
  out.length -= 1;
  out.byte(0x7d);
}
