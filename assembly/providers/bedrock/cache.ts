import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { equalsUnescaped } from "../../json/read";
import { AttemptTarget } from "../provider";
import { CachePlaces } from "./models";

const RETENTION = new JsonKey("prompt_cache_retention");
const TTL = new JsonKey("ttl");
const ONE_HOUR = new JsonKey("1h");
/** OpenAI's words for how long a prompt is kept. */
const LONG = encodeText("24h");
const SHORT = encodeText("in_memory");
const SYSTEM_PROMPT = new JsonKey("systemPrompt");
const LAST_USER_MESSAGE = new JsonKey("lastUserMessage");
const LAST_MESSAGE = new JsonKey("lastMessage");

/**
 * Where cache points go: behind everything that the client marked with `cache_control`, or, when it marked nothing and a retention is
 * asked for by the client (`prompt_cache_retention`) or the configuration, at the places that the configuration names (Higress's
 * meaning of `promptCacheRetention` and `bedrockPromptCachePointPositions`).
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export class CachePlan {
  afterSystem: bool = false;
  afterLastUserMessage: bool = false;
  afterLastMessage: bool = false;
  private isLong: bool = false;

  constructor(
    request: CanonicalRequest,
    target: AttemptTarget,
    private places: CachePlaces,
  ) {
    if (places != CachePlaces.None && !marksAnything(request)) this.takeSettings(request, target);
  }

  private takeSettings(request: CanonicalRequest, target: AttemptTarget): void {
    const document = request.document;
    const own = document.find(request.extras, RETENTION);
    let pointer = document.textPointer(own);
    let length = document.textLength(own);
    const configured = target.provider.setting("promptCacheRetention");
    if (length == 0) {
      pointer = changetype<usize>(configured);
      length = configured.length;
    }
    this.isLong = equalsUnescaped(pointer, length, changetype<usize>(LONG), LONG.length);
    if (!this.isLong && !equalsUnescaped(pointer, length, changetype<usize>(SHORT), SHORT.length)) return;
    this.readPositions(target.provider.setting("bedrockPromptCachePointPositions"));
  }

  /** Writes a cache point behind a block, with a comma before it, when the client marked the block. */
  writeMarked(document: JsonDocument, cacheControl: i32, out: ByteBuffer): void {
    if (this.places == CachePlaces.None || !document.isObject(cacheControl)) return;
    out.byte(0x2c);
    this.write(document.equals(document.find(cacheControl, TTL), ONE_HOUR), out);
  }

  /** The same behind a tool. */
  writeBehindTool(document: JsonDocument, cacheControl: i32, out: ByteBuffer): void {
    if (this.places == CachePlaces.All) this.writeMarked(document, cacheControl, out);
  }

  /** Writes a cache point of the configuration's, with a comma before it. */
  writeConfigured(out: ByteBuffer): void {
    out.byte(0x2c);
    this.write(this.isLong, out);
  }

  private write(isLong: bool, out: ByteBuffer): void {
    out.ascii('{"cachePoint":{"type":"default"');
    if (isLong && this.places == CachePlaces.All) out.ascii(',"ttl":"1h"');
    out.ascii("}}");
  }

  private readPositions(positions: StaticArray<u8>): void {
    this.afterSystem = positions.length == 0;
    if (positions.length == 0) return;
    const parsed = new JsonDocument();
    if (parsed.parse(changetype<usize>(positions), positions.length) == JsonError.None) {
      const root = parsed.root();
      this.afterSystem = parsed.boolean(parsed.find(root, SYSTEM_PROMPT));
      this.afterLastUserMessage = parsed.boolean(parsed.find(root, LAST_USER_MESSAGE));
      this.afterLastMessage = parsed.boolean(parsed.find(root, LAST_MESSAGE));
    }
    parsed.free();
  }
}

/** Whether the client says itself what to cache. */
function marksAnything(request: CanonicalRequest): bool {
  const document = request.document;
  for (let index = 0; index < request.parts.length; index++) {
    if (document.isObject(unchecked(request.parts[index]).cacheControl)) return true;
  }
  for (let index = 0; index < request.tools.length; index++) {
    if (document.isObject(unchecked(request.tools[index]).cacheControl)) return true;
  }
  return false;
}
