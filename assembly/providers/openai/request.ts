import * as keys from "../../canonical/openai-keys";
import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { equalsUnescaped } from "../../json/read";
import { writeQuoted } from "../../json/write";
import { ProviderType } from "../provider-type";
import { AttemptTarget } from "../provider";
import { EditList } from "./edits";
import { HistoryEditor } from "./history";

/** What happens to a member at the top of the request. */
const enum MemberEdit {
  None = 0,
  Remove = 1,
  RenameToMaxTokens = 2,
  RenameToMaxCompletionTokens = 3,
}

/**
 * Splices a client's OpenAI request into one that a server of this type accepts: model, usage flag and the dialect's few
 * differences change, every other byte stays as the client wrote it (checklist items 26, 27, 31, 133, 134, 136, 137).
 */
export class RequestEditor {
  readonly edits: EditList;
  private document: JsonDocument;
  private type: ProviderType;
  private hasMaxTokens: bool;
  private hasMaxCompletionTokens: bool;

  constructor(
    private request: CanonicalRequest,
    private target: AttemptTarget,
  ) {
    const document = request.document;
    const root = document.root();
    this.document = document;
    this.type = target.provider.type;
    this.edits = new EditList(document);
    this.hasMaxTokens = document.isPresent(document.find(root, keys.MAX_TOKENS));
    this.hasMaxCompletionTokens = document.isPresent(document.find(root, keys.MAX_COMPLETION_TOKENS));
  }

  /** Adds all edits, in the order of the text. */
  edit(): void {
    const document = this.document;
    const root = document.root();
    this.insertUsageFlag(root);
    let keptBefore = false;
    let previousEnd = 0;
    for (let key = document.first(root); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      const change = this.memberEdit(key, value);
      if (change == MemberEdit.Remove) {
        this.edits.removeMember(key, keptBefore, previousEnd);
      } else {
        keptBefore = true;
        if (change == MemberEdit.RenameToMaxTokens) this.edits.replaceNode(key).ascii('"max_tokens"');
        else if (change == MemberEdit.None) this.editValue(key, value);
        else this.edits.replaceNode(key).ascii('"max_completion_tokens"');
      }
      previousEnd = document.end(value);
    }
  }

  /** Right behind the opening brace, so that a large body need not be copied for it. */
  private insertUsageFlag(root: i32): void {
    if (!this.request.stream || !this.type.acceptsStreamOptions) return;
    if (this.document.findKey(root, keys.STREAM_OPTIONS) >= 0) return;
    this.edits.insertFirst(root).ascii('"stream_options":{"include_usage":true},');
  }

  private memberEdit(key: i32, value: i32): MemberEdit {
    const document = this.document;
    const type = this.type;
    if (document.equals(key, keys.STREAM_OPTIONS)) {
      if (!type.acceptsStreamOptions) return MemberEdit.Remove;
      return !this.request.stream && document.isPresent(value) ? MemberEdit.Remove : MemberEdit.None;
    }
    if (!type.acceptsMaxCompletionTokens) {
      if (document.equals(key, keys.MAX_COMPLETION_TOKENS)) {
        return document.isPresent(value) ? MemberEdit.RenameToMaxTokens : MemberEdit.Remove;
      }
      // The newer name wins when a client gives both (item 54), and its renamed form must not meet the older one.
      if (this.hasMaxCompletionTokens && document.equals(key, keys.MAX_TOKENS)) return MemberEdit.Remove;
    } else if (!type.acceptsMaxTokens) {
      if (document.equals(key, keys.MAX_TOKENS)) {
        const isRenamed = document.isPresent(value) && !this.hasMaxCompletionTokens;
        return isRenamed ? MemberEdit.RenameToMaxCompletionTokens : MemberEdit.Remove;
      }
      const isReplaced = this.hasMaxTokens && !this.hasMaxCompletionTokens;
      if (isReplaced && document.equals(key, keys.MAX_COMPLETION_TOKENS)) return MemberEdit.Remove;
    }
    return type.rejectedMembers.length > 0 && this.isRejected(key) ? MemberEdit.Remove : MemberEdit.None;
  }

  private isRejected(key: i32): bool {
    const document = this.document;
    const rejected = rejectedKeys(this.type);
    for (let index = 0; index < rejected.length; index++) {
      if (document.equals(key, unchecked(rejected[index]))) return true;
    }
    return false;
  }

  private editValue(key: i32, value: i32): void {
    const document = this.document;
    if (document.equals(key, keys.MODEL)) this.editModel(value);
    else if (document.equals(key, keys.STREAM_OPTIONS)) this.mergeUsageFlag(value);
    else if (document.equals(key, keys.MESSAGES)) {
      const history = new HistoryEditor(document, this.type, this.edits);
      if (history.isNeeded()) history.edit(value);
    }
  }

  private editModel(value: i32): void {
    const document = this.document;
    const model = this.target.model;
    const length = document.textLength(value);
    if (equalsUnescaped(document.textPointer(value), length, changetype<usize>(model), model.length)) return;
    writeQuoted(changetype<usize>(model), model.length, this.edits.replaceNode(value));
  }

  /** The client's own options stay; only the usage flag is made true. */
  private mergeUsageFlag(options: i32): void {
    if (!this.request.stream) return;
    const document = this.document;
    if (!document.isObject(options)) {
      this.edits.replaceNode(options).ascii('{"include_usage":true}');
      return;
    }
    const flag = document.find(options, keys.INCLUDE_USAGE);
    if (document.boolean(flag)) return;
    if (flag >= 0) {
      this.edits.replaceNode(flag).ascii("true");
      return;
    }
    this.edits
      .insertFirst(options)
      .ascii(document.first(options) >= 0 ? '"include_usage":true,' : '"include_usage":true');
  }
}

const rejectedKeysByType: Map<string, JsonKey[]> = new Map<string, JsonKey[]>();

/** The keys that a type rejects, made once per set of names. */
function rejectedKeys(type: ProviderType): JsonKey[] {
  const names = type.rejectedMembers.join(" ");
  if (rejectedKeysByType.has(names)) return rejectedKeysByType.get(names);
  const rejected: JsonKey[] = [];
  for (let index = 0; index < type.rejectedMembers.length; index++) {
    rejected.push(new JsonKey(unchecked(type.rejectedMembers[index])));
  }
  rejectedKeysByType.set(names, rejected);
  return rejected;
}

/**
 * Writes the new bytes that take the place of the first bytes of the client's body and gives the number of those first bytes:
 * 0, and nothing written, when the body may go out unchanged.
 */
export function writeRequestPrefix(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): i32 {
  const editor = new RequestEditor(request, target);
  editor.edit();
  const end = editor.edits.lastEnd();
  if (end > 0) editor.edits.write(end, out);
  editor.edits.free();
  return end;
}
