import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { Protocol } from "../provider-type";
import { AttemptTarget } from "../provider";
import { writeRaw } from "../shared/values";
import { writeContents, writeSystem } from "./messages";
import { writeGenerationConfig } from "./parameters";
import { RequestPlan } from "./plan";
import { writeTools } from "./tools";

/** Members of the vendor's own that a client may send beside OpenAI's, in both spellings that Google accepts. */
const SAFETY_SETTINGS: JsonKey[] = [new JsonKey("safetySettings"), new JsonKey("safety_settings")];
const CACHED_CONTENT: JsonKey[] = [new JsonKey("cachedContent"), new JsonKey("cached_content")];
const LABELS = new JsonKey("labels");

function findEither(document: JsonDocument, object: i32, keys: JsonKey[]): i32 {
  for (let index = 0; index < keys.length; index++) {
    const node = document.find(object, unchecked(keys[index]));
    if (document.isPresent(node)) return node;
  }
  return -1;
}

/** Writes the configuration's `{"HARM_CATEGORY_...":"BLOCK_..."}` (Higress's form) as the vendor's list; a list goes as it is. */
function writeConfiguredSafety(setting: StaticArray<u8>, out: ByteBuffer): void {
  const settings = new JsonDocument();
  const isRead = settings.parse(changetype<usize>(setting), setting.length, 2) == JsonError.None;
  const root = settings.root();
  if (isRead && settings.isArray(root)) {
    out.ascii(',"safetySettings":');
    out.text(setting);
  } else if (isRead && settings.first(root) >= 0) {
    out.ascii(',"safetySettings":[');
    let isFirst = true;
    for (let key = settings.first(root); key >= 0; key = settings.nextKey(key)) {
      const threshold = settings.valueOf(key);
      if (!settings.isString(threshold)) continue;
      out.ascii(isFirst ? '{"category":' : ',{"category":');
      isFirst = false;
      writeRaw(settings, key, out);
      out.ascii(',"threshold":');
      writeRaw(settings, threshold, out);
      out.byte(0x7d);
    }
    out.byte(0x5d);
  }
  settings.free();
}

function writeSafety(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const document = request.document;
  const own = findEither(document, request.extras, SAFETY_SETTINGS);
  if (document.isArray(own)) {
    out.ascii(',"safetySettings":');
    writeRaw(document, own, out);
    return;
  }
  const setting = target.provider.setting("geminiSafetySetting");
  if (setting.length > 0) writeConfiguredSafety(setting, out);
}

/**
 * Writes the body of `generateContent`; the model and whether it streams stand in the path. What Gemini has no word for is left out:
 * logit_bias, user, store, service_tier, stream_options, parallel_tool_calls and metadata.
 * Sources: https://ai.google.dev/api/generate-content and
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 */
export function writeRequest(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
  const plan = new RequestPlan(request, target);
  const document = request.document;
  out.byte(0x7b);
  writeContents(request, plan, out);
  writeSystem(request, plan, out);
  writeTools(request, plan, out);
  writeGenerationConfig(request, target, plan, out);
  writeSafety(request, target, out);
  const cached = findEither(document, request.extras, CACHED_CONTENT);
  if (document.isString(cached)) {
    out.ascii(',"cachedContent":');
    writeRaw(document, cached, out);
  }
  const labels = document.find(request.extras, LABELS);
  if (target.provider.type.protocol == Protocol.Vertex && document.isObject(labels)) {
    out.ascii(',"labels":');
    writeRaw(document, labels, out);
  }
  out.byte(0x7d);
}
