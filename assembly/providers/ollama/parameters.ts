import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { CanonicalRequest, ResponseFormat } from "../../canonical/request";
import { JsonDocument, JsonKey, JsonKind } from "../../json/document";
import { AttemptTarget } from "../provider";
import { Effort, readEffort } from "../shared/effort";
import { beginMember, writeExtra, writeNumber } from "../shared/native-members";
import { writeRaw } from "../shared/values";

const KEEP_ALIVE = new JsonKey("keep_alive");
const THINK = new JsonKey("think");
const TYPE = new JsonKey("type");
const DISABLED = new JsonKey("disabled");
/** The models that take a level of thinking; others take true or false and refuse levels. */
const LEVEL_MODEL = encodeText("gpt-oss");

function isBoolean(document: JsonDocument, node: i32): bool {
  const kind = document.kind(node);
  return kind == JsonKind.True || kind == JsonKind.False;
}

function levelName(effort: Effort): string {
  if (effort == Effort.Medium) return '"medium"';
  return effort > Effort.Medium ? '"high"' : '"low"';
}

/** Source: https://docs.ollama.com/capabilities/thinking */
function writeThink(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  const own = document.find(request.extras, THINK);
  if (isBoolean(document, own) || document.isString(own)) {
    writeExtra(request, THINK, out);
    return;
  }
  const model = target.model;
  const hasLevels = findText(changetype<usize>(model), model.length, LEVEL_MODEL) >= 0;
  const effort = readEffort(document, request.reasoningEffort);
  const hasNative = document.isObject(request.thinking);
  if (effort == Effort.Unset && !hasNative) return;
  const isOff = hasNative ? document.equals(document.find(request.thinking, TYPE), DISABLED) : effort == Effort.None;
  beginMember("think", out);
  if (!hasLevels || effort == Effort.Unset) out.ascii(isOff ? "false" : "true");
  else out.ascii(levelName(effort));
}

/** Writes `format`, `think`, `keep_alive` and `logprobs`. Source: https://docs.ollama.com/api/chat */
export function writeParameters(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  if (request.responseFormat == ResponseFormat.JsonObject) out.ascii(',"format":"json"');
  else if (request.responseFormat == ResponseFormat.JsonSchema) {
    beginMember("format", out);
    writeRaw(document, request.schema, out);
  }
  writeThink(request, target, out);
  const keepAlive = document.find(request.extras, KEEP_ALIVE);
  if (document.isString(keepAlive) || document.isNumber(keepAlive)) writeExtra(request, KEEP_ALIVE, out);
  if (!document.boolean(request.logprobs)) return;
  out.ascii(',"logprobs":true');
  writeNumber("top_logprobs", document, request.topLogprobs, out);
}
