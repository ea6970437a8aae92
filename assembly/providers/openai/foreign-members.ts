import * as keys from "../../canonical/openai-keys";
import { JsonDocument, JsonKey } from "../../json/document";
import { ProviderType } from "../provider-type";
import { EditList } from "./edits";

const CACHE_CONTROL = new JsonKey("cache_control");
const FOREIGN: JsonKey[] = [
  new JsonKey("extra_content"),
  new JsonKey("thought_signature"),
  new JsonKey("provider_specific_fields"),
];

/**
 * Members that clients put into messages, parts, calls and tools for another vendor: marks for Anthropic's cache, Gemini's thought signatures
 * in the form of its OpenAI layer, LiteLLM's bag. A server that checks every member answers them with a 400, so a conversation that began
 * elsewhere could not go on there.
 * Sources: https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching, https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export class ForeignMembers {
  constructor(
    protected document: JsonDocument,
    protected type: ProviderType,
    protected edits: EditList,
  ) {}

  isForeign(key: i32): bool {
    const document = this.document;
    if (document.equals(key, CACHE_CONTROL)) return !this.type.takesCacheControl;
    for (let index = 0; index < FOREIGN.length; index++) {
      if (document.equals(key, unchecked(FOREIGN[index]))) return true;
    }
    return false;
  }

  /** Whether a message has such members, in itself, its parts or its calls. */
  isIn(message: i32): bool {
    const document = this.document;
    for (let key = document.first(message); key >= 0; key = document.nextKey(key)) {
      if (this.isForeign(key)) return true;
      const value = document.valueOf(key);
      if (!document.isArray(value)) continue;
      for (let item = document.first(value); item >= 0; item = document.nextElement(item)) {
        if (this.isInObject(item) || this.isInObject(document.find(item, keys.FUNCTION))) return true;
      }
    }
    return false;
  }

  private isInObject(object: i32): bool {
    const document = this.document;
    if (!document.isObject(object)) return false;
    for (let key = document.first(object); key >= 0; key = document.nextKey(key)) {
      if (this.isForeign(key)) return true;
    }
    return false;
  }

  /** Removes them from each object of a list, and from the function inside: parts, or tools. */
  editList(list: i32): void {
    const document = this.document;
    if (!document.isArray(list)) return;
    for (let item = document.first(list); item >= 0; item = document.nextElement(item)) {
      if (!document.isObject(item)) continue;
      let keptBefore = false;
      let previousEnd = 0;
      for (let key = document.first(item); key >= 0; key = document.nextKey(key)) {
        const value = document.valueOf(key);
        if (this.isForeign(key)) this.edits.removeMember(key, keptBefore, previousEnd);
        else {
          keptBefore = true;
          if (document.equals(key, keys.FUNCTION)) this.editObject(value);
        }
        previousEnd = document.end(value);
      }
    }
  }

  /** Removes them from an object itself. */
  editObject(object: i32): void {
    const document = this.document;
    if (!document.isObject(object)) return;
    let keptBefore = false;
    let previousEnd = 0;
    for (let key = document.first(object); key >= 0; key = document.nextKey(key)) {
      if (this.isForeign(key)) this.edits.removeMember(key, keptBefore, previousEnd);
      else keptBefore = true;
      previousEnd = document.end(document.valueOf(key));
    }
  }
}
