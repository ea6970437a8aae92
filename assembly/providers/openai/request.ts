import * as keys from "../../canonical/openai-keys";
import { ByteBuffer } from "../../bytes/buffer";
import { Notice } from "../../canonical/notices";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { equalsUnescaped } from "../../json/read";
import { escapeInto, writeQuoted } from "../../json/write";
import { ProviderType } from "../provider-type";
import { AttemptTarget } from "../provider";
import { EditList } from "./edits";
import { ForeignMembers } from "./foreign-members";
import { HistoryEditor } from "./history";
import {
  isSampling,
  REASONING_EFFORT,
  refusesSampling,
  rulesOfRequest,
  TEMPERATURE,
  writeThinking,
} from "./parameters";
import { ModelRules } from "./reasoning-models";

const SEED = new JsonKey("seed");
const TOOLS = new JsonKey("tools");
const NO_KEYS: JsonKey[] = [];

/** Of the request that is written now. */
const edits = new EditList();

/** What happens to a member at the top of the request. */
const enum MemberEdit {
  None = 0,
  Remove = 1,
  RenameToMaxTokens = 2,
  RenameToMaxCompletionTokens = 3,
  RenameSeed = 4,
}

/**
 * Splices a client's OpenAI request into one that a server of this type accepts: model, usage flag and the dialect's few
 * differences change, every other byte stays as the client wrote it (checklist items 26, 27, 31, 133, 134, 136, 137).
 */
class RequestEditor {
  private document: JsonDocument;
  private type: ProviderType;
  private hasMaxTokens: bool;
  private hasMaxCompletionTokens: bool;
  /** False also for a model that refuses it (item 116), which knows the other name then. */
  private acceptsMaxTokens: bool;
  private acceptsMaxCompletionTokens: bool;
  private dropsSampling: bool = false;
  private rejected: JsonKey[];

  constructor(
    private request: CanonicalRequest,
    private target: AttemptTarget,
  ) {
    const document = request.document;
    const root = document.root();
    const type = target.provider.type;
    this.document = document;
    this.type = type;
    this.rejected = rejectedKeys(type);
    this.acceptsMaxTokens = type.acceptsMaxTokens;
    this.acceptsMaxCompletionTokens = type.acceptsMaxCompletionTokens;
    edits.begin(document);
    this.hasMaxTokens = document.isPresent(document.find(root, keys.MAX_TOKENS));
    this.hasMaxCompletionTokens = document.isPresent(document.find(root, keys.MAX_COMPLETION_TOKENS));
    if (type.hasReasoningModels) this.readModelRules(root);
  }

  private readModelRules(root: i32): void {
    const rules = rulesOfRequest(this.request, this.target);
    if (rules < ModelRules.Reasoning) return;
    const document = this.document;
    this.acceptsMaxTokens = false;
    this.acceptsMaxCompletionTokens = true;
    this.dropsSampling = refusesSampling(rules, document, document.find(root, REASONING_EFFORT));
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
        edits.removeMember(key, keptBefore, previousEnd);
      } else {
        keptBefore = true;
        if (change == MemberEdit.None) this.editValue(key, value);
        else this.rename(key, change);
      }
      previousEnd = document.end(value);
    }
  }

  private rename(key: i32, change: MemberEdit): void {
    const text = edits.replaceNode(key);
    text.byte(0x22);
    if (change == MemberEdit.RenameToMaxTokens) text.ascii("max_tokens");
    else text.ascii(change == MemberEdit.RenameSeed ? this.type.seedMember : "max_completion_tokens");
    text.byte(0x22);
  }

  /** Right behind the opening brace, so that a large body need not be copied for it. */
  private insertUsageFlag(root: i32): void {
    if (!this.request.stream || !this.type.acceptsStreamOptions) return;
    if (this.document.findKey(root, keys.STREAM_OPTIONS) >= 0) return;
    edits.insertFirst(root).ascii('"stream_options":{"include_usage":true},');
  }

  private memberEdit(key: i32, value: i32): MemberEdit {
    const document = this.document;
    const type = this.type;
    if (document.equals(key, keys.STREAM_OPTIONS)) {
      if (!type.acceptsStreamOptions) return MemberEdit.Remove;
      return !this.request.stream && document.isPresent(value) ? MemberEdit.Remove : MemberEdit.None;
    }
    if (!this.acceptsMaxCompletionTokens) {
      if (document.equals(key, keys.MAX_COMPLETION_TOKENS)) {
        return document.isPresent(value) ? MemberEdit.RenameToMaxTokens : MemberEdit.Remove;
      }
      // The newer name wins when a client gives both (item 54), and its renamed form must not meet the older one.
      if (this.hasMaxCompletionTokens && document.equals(key, keys.MAX_TOKENS)) return MemberEdit.Remove;
    } else if (!this.acceptsMaxTokens) {
      if (document.equals(key, keys.MAX_TOKENS)) {
        const isRenamed = document.isPresent(value) && !this.hasMaxCompletionTokens;
        return isRenamed ? MemberEdit.RenameToMaxCompletionTokens : MemberEdit.Remove;
      }
      const isReplaced = this.hasMaxTokens && !this.hasMaxCompletionTokens;
      if (isReplaced && document.equals(key, keys.MAX_COMPLETION_TOKENS)) return MemberEdit.Remove;
    }
    if (this.dropsSampling && isSampling(document, key)) return MemberEdit.Remove;
    if (type.saysEffortAsThinking && document.equals(key, REASONING_EFFORT)) {
      const isSaid = document.findKey(document.root(), keys.THINKING) >= 0;
      if (isSaid || !document.isPresent(value)) return MemberEdit.Remove;
    }
    if (type.seedMember.length > 0 && document.equals(key, SEED)) return MemberEdit.RenameSeed;
    return this.isRejected(key) ? MemberEdit.Remove : MemberEdit.None;
  }

  private isRejected(key: i32): bool {
    const document = this.document;
    const rejected = this.rejected;
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
      const history = new HistoryEditor(document, this.type, edits);
      if (history.isNeeded(value)) history.edit(value);
    } else if (this.type.rejectsForeignMembers && document.equals(key, TOOLS)) {
      new ForeignMembers(document, this.type, edits).editList(value);
    } else if (this.type.saysEffortAsThinking && document.equals(key, REASONING_EFFORT)) {
      const text = edits.replace(document.start(key), document.end(value));
      writeThinking(document, value, this.target.model, text);
    } else if (this.type.hasTemperatureUpToOne && document.equals(key, TEMPERATURE) && document.float(value) > 1) {
      edits.replaceNode(value).byte(0x31);
      this.request.notices.note(Notice.TemperatureClamped);
    }
  }

  private editModel(value: i32): void {
    const document = this.document;
    const model = this.target.model;
    const length = document.textLength(value);
    if (this.type.modelPrefix.length > 0 && !model.includes(0x2f)) {
      const name = edits.replaceNode(value);
      name.byte(0x22);
      name.ascii(this.type.modelPrefix);
      escapeInto(changetype<usize>(model), model.length, name);
      name.byte(0x22);
      return;
    }
    if (equalsUnescaped(document.textPointer(value), length, changetype<usize>(model), model.length)) return;
    writeQuoted(changetype<usize>(model), model.length, edits.replaceNode(value));
  }

  /** The client's own options stay; only the usage flag is made true. */
  private mergeUsageFlag(options: i32): void {
    if (!this.request.stream) return;
    const document = this.document;
    if (!document.isObject(options)) {
      edits.replaceNode(options).ascii('{"include_usage":true}');
      return;
    }
    const flag = document.find(options, keys.INCLUDE_USAGE);
    if (document.boolean(flag)) return;
    if (flag >= 0) {
      edits.replaceNode(flag).ascii("true");
      return;
    }
    edits.insertFirst(options).ascii(document.first(options) >= 0 ? '"include_usage":true,' : '"include_usage":true');
  }
}

const rejectedKeysByType: Map<string, JsonKey[]> = new Map<string, JsonKey[]>();

/** The keys that a type rejects, made once per set of names. */
function rejectedKeys(type: ProviderType): JsonKey[] {
  const names = type.rejectedMembers;
  if (names.length == 0) return NO_KEYS;
  if (rejectedKeysByType.has(names)) return rejectedKeysByType.get(names);
  const list = names.split(" ");
  const rejected: JsonKey[] = [];
  for (let index = 0; index < list.length; index++) rejected.push(new JsonKey(unchecked(list[index])));
  rejectedKeysByType.set(names, rejected);
  return rejected;
}

/**
 * Writes the new bytes that take the place of the first bytes of the client's body and gives the number of those first bytes:
 * 0, and nothing written, when the body may go out unchanged.
 */
export function writeRequestPrefix(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): i32 {
  new RequestEditor(request, target).edit();
  const end = edits.lastEnd();
  if (end > 0) edits.write(end, out);
  edits.free();
  return end;
}
