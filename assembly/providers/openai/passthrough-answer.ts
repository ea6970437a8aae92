import * as keys from "../../canonical/openai-keys";
import { ByteBuffer } from "../../bytes/buffer";
import { Failure, FailureReason } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { AttemptTarget } from "../provider";
import { ProviderType } from "../provider-type";
import { ChoiceEditor } from "./choice-edits";
import { EditList } from "./edits";
import { readErrorDocument } from "./errors";
import { AnswerIdentity } from "./identity";
import { readUsage } from "./usage";

const COMPLETION = new JsonKey("chat.completion");

/** Of the answer that is read now. */
const document = new JsonDocument();
const edits = new EditList();
/** For the next answer that fails, whose own it is from then on. */
let unused: Failure = new Failure();

/** Passes a unary OpenAI answer on to an OpenAI client, spliced only where it is not what OpenAI would send (items 29, 134, 135, 137). */
export class OpenAiPassthroughAnswer {
  usage: Usage = new Usage();
  failure: Failure = unused;

  /**
   * Reads a 2xx body. True: it may go out unchanged. False with `failure.reason` of None: `out` holds the body that goes out.
   * False with a reason: there is no usable answer in it.
   */
  read(
    body: usize,
    length: i32,
    request: CanonicalRequest,
    target: AttemptTarget,
    id: StaticArray<u8>,
    created: i64,
    out: ByteBuffer,
  ): bool {
    const failure = unused;
    failure.reset();
    this.failure = failure;
    this.usage.reset();
    edits.begin(document);
    let isUnchanged = false;
    if (document.parse(body, length) != JsonError.None) {
      failure.set(FailureReason.StreamError, 502, "The provider's answer is not JSON.");
    } else if (!readErrorDocument(document, 0, failure, target.provider.type)) {
      const identity = new AnswerIdentity(document, target, COMPLETION, "chat.completion", id, created);
      this.edit(identity, target.provider.type);
      isUnchanged = failure.reason == FailureReason.None && edits.isEmpty();
      if (!isUnchanged && failure.reason == FailureReason.None) edits.write(length, out);
    }
    if (failure.reason != FailureReason.None) unused = new Failure();
    edits.free();
    document.free();
    return isUnchanged;
  }

  private edit(identity: AnswerIdentity, type: ProviderType): void {
    const root = document.root();
    const choices = document.find(root, keys.CHOICES);
    if (!areUsable(choices)) {
      this.failure.set(FailureReason.StreamError, 502, "The provider sent no usable answer.");
      return;
    }
    readUsage(document, document.find(root, keys.USAGE), this.usage);
    identity.learn(root);
    identity.insertMissing(root, edits);
    const editor = new ChoiceEditor(document, edits, identity, type.hasContentParts(), type.hasReasoningTags);
    for (let key = document.first(root); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      if (value != choices) {
        identity.editMember(key, value, edits);
        continue;
      }
      let position = 0;
      for (let choice = document.first(choices); choice >= 0; choice = document.nextElement(choice)) {
        editor.editAnswer(choice, position);
        position += 1;
      }
    }
  }
}

/** Whether there is at least one choice and each has a message. */
function areUsable(choices: i32): bool {
  if (document.first(choices) < 0) return false;
  for (let choice = document.first(choices); choice >= 0; choice = document.nextElement(choice)) {
    if (!document.isObject(document.find(choice, keys.MESSAGE))) return false;
  }
  return true;
}
