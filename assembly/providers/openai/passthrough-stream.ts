import * as keys from "../../canonical/openai-keys";
import { ByteBuffer } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { MAX_ANSWER_CHOICES } from "../../canonical/answer";
import { isDoneMarker, writeDoneMarker } from "../../canonical/done-marker";
import { writeErrorEvent } from "../../canonical/error-envelope";
import { Failure, FailureReason } from "../../canonical/failure";
import { PassthroughState } from "../../canonical/passthrough";
import { repeatable, Telling } from "../../canonical/repeatable";
import { CanonicalRequest } from "../../canonical/request";
import { Usage } from "../../canonical/usage";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { beginEvent, endEvent } from "../../sse/encoder";
import { AttemptTarget } from "../provider";
import { ChoiceEditor, ChoiceView, PassedChoice } from "./choice-edits";
import { EditList } from "./edits";
import { ThinkSplitter } from "../shared/think-tags";
import { writeSplitDelta } from "./split-text";
import { readErrorDocument } from "./errors";
import { AnswerIdentity } from "./identity";
import { findUsage, readUsage } from "./usage";

const CHUNK = new JsonKey("chat.completion.chunk");
/** Random bytes that hide a chunk's length (`stream_options.include_obfuscation`). */
const OBFUSCATION = new JsonKey("obfuscation");
/** `erro` as a number, little endian; an `r` follows. */
const ERROR_NAME: u32 = 0x6f727265;

/**
 * Passes a streamed OpenAI answer on to an OpenAI client. Events that are what OpenAI would send go out as they came; others are
 * spliced (checklist items 9, 10, 22 to 29, 117, 134, 135, 137). One parse per event, no copy of an event that is fine.
 */
export class OpenAiPassthroughStream {
  state: PassthroughState = PassthroughState.Waiting;
  usage: Usage = new Usage();
  failure: Failure = new Failure();

  private document: JsonDocument;
  private edits: EditList;
  private identity: AnswerIdentity;
  private editor: ChoiceEditor;
  private view: ChoiceView = new ChoiceView();
  private choices: PassedChoice[] = [];
  /** Finish chunks of the event that is being read, which follow it. */
  private finishes: ByteBuffer = new ByteBuffer();
  /** The usage chunk that goes out before `[DONE]`: the last one that came. */
  private usageChunk: ByteBuffer = new ByteBuffer();
  private hasReasoningTags: bool;

  constructor(
    private request: CanonicalRequest,
    private target: AttemptTarget,
    id: StaticArray<u8>,
    created: i64,
  ) {
    const document = new JsonDocument();
    const edits = new EditList();
    edits.begin(document);
    const identity = new AnswerIdentity(document, target, CHUNK, "chat.completion.chunk", id, created);
    this.document = document;
    this.edits = edits;
    this.identity = identity;
    const type = target.provider.type;
    this.editor = new ChoiceEditor(document, edits, identity, type.hasContentParts(), type.hasReasoningTags);
    this.hasReasoningTags = type.hasReasoningTags;
  }

  /**
   * Takes one event. True: it may go out exactly as `data: <the same bytes>` and an empty line, and nothing was written.
   * False: what goes out in its place was appended to `out`, maybe nothing. `name` is the SSE event's name, when it has one.
   */
  event(data: usize, dataLength: i32, out: ByteBuffer, name: usize = 0, nameLength: i32 = 0): bool {
    if (this.state == PassthroughState.Done || this.state == PassthroughState.Failed) return false;
    if (isDoneMarker(data, dataLength)) return this.finishStream(out, dataLength == 6);
    if (this.document.parse(data, dataLength) != JsonError.None) {
      this.fail("The provider sent an event that is not JSON.", "", out);
      return false;
    }
    if (this.readError(name, nameLength, out)) return false;
    const root = this.document.root();
    if (!this.document.isObject(root)) {
      this.fail("The provider sent an event that is no chunk of an answer.", "", out);
      return false;
    }
    const choices = this.document.find(root, keys.CHOICES);
    const usage = findUsage(this.document, root, choices, this.target.provider.type);
    readUsage(this.document, usage, this.usage);
    this.edits.clear();
    this.finishes.length = 0;
    if (this.document.first(choices) >= 0) return this.passChunk(root, choices, data, dataLength, out);
    if (this.document.isObject(usage)) this.keepUsageChunk(root);
    else if (this.document.isArray(choices)) return this.passEmptyChunk(root, data, dataLength, out);
    return false;
  }

  /** The provider has closed the stream cleanly. */
  end(out: ByteBuffer): void {
    if (this.state == PassthroughState.Done || this.state == PassthroughState.Failed) return;
    let isComplete = this.choices.length > 0;
    for (let position = 0; position < this.choices.length; position++) {
      if (!unchecked(this.choices[position]).hasFinished) isComplete = false;
    }
    // All choices have finished: only the marker is missing (item 135).
    if (isComplete) this.finishStream(out, false);
    else this.fail("The provider ended its stream before the answer was complete.", "stream_truncated", out);
  }

  /** Gives unmanaged memory back. */
  free(): void {
    this.document.free();
    this.edits.free();
    this.finishes.free();
    this.usageChunk.free();
    for (let position = 0; position < this.choices.length; position++) unchecked(this.choices[position]).free();
  }

  /** Ends the stream as failed: `failure` is filled and the error event written. */
  private fail(message: string, code: string, out: ByteBuffer): void {
    this.failure.set(FailureReason.StreamError, 502, message, code);
    this.state = PassthroughState.Failed;
    writeErrorEvent(this.failure, this.target.provider.secrets, out);
  }

  private readError(name: usize, nameLength: i32, out: ByteBuffer): bool {
    const isNamed = nameLength == 5 && load<u32>(name) == ERROR_NAME && load<u8>(name, 4) == 0x72;
    if (readErrorDocument(this.document, 0, this.failure, this.target.provider.type)) {
      this.state = PassthroughState.Failed;
      writeErrorEvent(this.failure, this.target.provider.secrets, out);
      return true;
    }
    if (isNamed) this.fail("The provider reported an error.", "", out);
    return isNamed;
  }

  /** `[DONE]`, or what stands for it. True when the marker itself may go out as it came. */
  private finishStream(out: ByteBuffer, isMarker: bool): bool {
    if (this.state == PassthroughState.Waiting) {
      this.fail("The provider sent no usable answer.", "", out);
      return false;
    }
    this.state = PassthroughState.Done;
    const before = out.length;
    for (let position = 0; position < this.choices.length; position++) {
      const choice = unchecked(this.choices[position]);
      if (choice.hasFinished) continue;
      const tags = choice.tags;
      if (tags !== null) tags.flush();
      this.writeHeldText(choice, out);
      this.writeFinish(choice.index, out);
      out.ascii(choice.tools > 0 ? '"tool_calls"}]}' : '"stop"}]}');
      endEvent(out);
    }
    out.bytes(this.usageChunk.pointer, this.usageChunk.length);
    if (isMarker && out.length == before) return true;
    writeDoneMarker(out);
    return false;
  }

  private writeFinish(choice: i32, out: ByteBuffer): void {
    beginEvent(out);
    this.identity.writeHead(out);
    out.ascii('"choices":[{"index":');
    out.decimal(choice);
    out.ascii(',"delta":{},"finish_reason":');
  }

  private passChunk(root: i32, choices: i32, data: usize, dataLength: i32, out: ByteBuffer): bool {
    this.identity.learn(root);
    if (!this.openChoices(choices)) {
      this.fail("The provider sent an event that is no chunk of an answer.", "", out);
      return false;
    }
    this.writeUsageChunk(findUsage(this.document, root, choices, this.target.provider.type));
    const before = out.length;
    if (this.hasReasoningTags) this.splitTexts(choices, out);
    if (this.isUseless(choices)) return false;
    this.editRoot(root, choices);
    const isUnchanged = this.send(data, dataLength, out, out.length > before);
    out.bytes(this.finishes.pointer, this.finishes.length);
    if (isUnchanged && this.view.isRepeatable) this.noteRepeatable(root, choices);
    return isUnchanged;
  }

  /** The chunk goes out as it came, and so will one that has another text, reasoning or other arguments of the same call. */
  private noteRepeatable(root: i32, choices: i32): void {
    const document = this.document;
    if (document.nextElement(document.first(choices)) >= 0) return;
    const delta = this.view.delta;
    let text = document.find(delta, keys.CONTENT);
    if (document.textLength(text) == 0) text = document.find(delta, keys.REASONING_CONTENT);
    if (document.textLength(text) == 0) {
      const call = document.first(document.find(delta, keys.TOOL_CALLS));
      text = document.find(document.find(call, keys.FUNCTION), keys.ARGUMENTS);
    }
    repeatable.note(Telling.Unchanged, 0, 0, document.textPointer(text), document.textLength(text));
    const padding = document.find(root, OBFUSCATION);
    repeatable.notePadding(document.textPointer(padding), document.textLength(padding));
  }

  /** Makes sure that every choice of the chunk has a state; false when they are not choices at all, or too many. */
  private openChoices(choices: i32): bool {
    const document = this.document;
    let position = 0;
    for (let choice = document.first(choices); choice >= 0; choice = document.nextElement(choice)) {
      if (!document.isObject(choice)) return false;
      const index = this.indexOf(choice, position);
      position += 1;
      if (this.findChoice(index) !== null) continue;
      if (index < 0 || index >= MAX_ANSWER_CHOICES) return false;
      this.choices.push(new PassedChoice(index, this.hasReasoningTags ? new ThinkSplitter() : null));
    }
    return true;
  }

  /** Splits off the thinking at the begin of the texts. */
  private splitTexts(choices: i32, out: ByteBuffer): void {
    const document = this.document;
    let position = 0;
    for (let choice = document.first(choices); choice >= 0; choice = document.nextElement(choice)) {
      const state = this.findChoice(this.indexOf(choice, position));
      position += 1;
      if (state !== null && this.editor.splitText(choice, state)) this.writeHeldText(state, out);
    }
  }

  /** A chunk of its own for text that was held back, when the chunk at hand has no place for it. */
  private writeHeldText(choice: PassedChoice, out: ByteBuffer): void {
    const tags = choice.tags;
    if (tags === null || tags.isEmpty()) return;
    beginEvent(out);
    this.identity.writeHead(out);
    out.ascii('"choices":[{"index":');
    out.decimal(choice.index);
    out.ascii(',"delta":');
    writeSplitDelta(tags, out);
    out.ascii(',"finish_reason":null}]}');
    endEvent(out);
    choice.free();
  }

  private indexOf(choice: i32, position: i32): i32 {
    const index = this.document.integer(this.document.find(choice, keys.INDEX), position);
    return index < 0 || index >= MAX_ANSWER_CHOICES ? -1 : (index as i32);
  }

  private findChoice(index: i32): PassedChoice | null {
    for (let position = 0; position < this.choices.length; position++) {
      const choice = unchecked(this.choices[position]);
      if (choice.index == index) return choice;
    }
    return null;
  }

  /** Whether the chunk says nothing, and only about choices that have finished. */
  private isUseless(choices: i32): bool {
    const document = this.document;
    let position = 0;
    for (let choice = document.first(choices); choice >= 0; choice = document.nextElement(choice)) {
      const state = this.findChoice(this.indexOf(choice, position));
      position += 1;
      if (state === null || !(state.hasFinished || state.isSplit)) return false;
      this.editor.look(choice, state, this.view);
      if (!this.view.isUseless) return false;
    }
    return true;
  }

  private editRoot(root: i32, choices: i32): void {
    const document = this.document;
    if (this.identity.isClean(root) && !document.isObject(document.find(root, keys.USAGE))) {
      this.editChoices(choices);
      return;
    }
    this.identity.insertMissing(root, this.edits);
    for (let key = document.first(root); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      if (value == choices) {
        this.editChoices(choices);
      } else if (document.equals(key, keys.USAGE)) {
        if (document.isObject(value)) this.edits.replaceNode(value).ascii("null");
      } else {
        this.identity.editMember(key, value, this.edits);
      }
    }
  }

  private editChoices(choices: i32): void {
    const document = this.document;
    let position = 0;
    for (let choice = document.first(choices); choice >= 0; choice = document.nextElement(choice)) {
      const state = this.findChoice(this.indexOf(choice, position));
      position += 1;
      if (state === null) continue;
      const view = this.view;
      this.editor.look(choice, state, view);
      this.editor.editChunk(choice, state, view);
      if (view.hasContent) this.state = PassthroughState.Content;
      if (!view.isSplit) continue;
      this.writeFinish(state.index, this.finishes);
      this.finishes.bytes(document.rawPointer(view.finish), document.rawLength(view.finish));
      this.finishes.ascii("}]}");
      endEvent(this.finishes);
    }
  }

  /** A chunk without choices and usage, such as Azure's first one with the filter's results: passed on unless it lacks an id (item 117). */
  private passEmptyChunk(root: i32, data: usize, dataLength: i32, out: ByteBuffer): bool {
    if (this.document.textLength(this.document.find(root, keys.ID)) == 0) return false;
    this.identity.learn(root);
    this.editRoot(root, -1);
    return this.send(data, dataLength, out, false);
  }

  /** Writes the event, spliced, unless it may go out as it came; never so behind something that was written for it. */
  private send(data: usize, dataLength: i32, out: ByteBuffer, isWritten: bool): bool {
    const hasLineBreak = findByte(data, data + dataLength, 0x0a) < data + dataLength;
    if (!isWritten && !hasLineBreak && this.edits.isEmpty() && this.finishes.length == 0) return true;
    this.writeEvent(dataLength, hasLineBreak, out);
    return false;
  }

  private writeEvent(dataLength: i32, hasLineBreak: bool, out: ByteBuffer): void {
    beginEvent(out);
    const start = out.length;
    this.edits.write(dataLength, out);
    // An event of several data lines holds line breaks between its tokens, which would end the line too early.
    for (let index = start; hasLineBreak && index < out.length; index++) {
      if (load<u8>(out.pointer + index) == 0x0a) store<u8>(out.pointer + index, 0x20);
    }
    endEvent(out);
  }

  /** Keeps a chunk that holds nothing but usage until the end, where the client may want it: the last one wins (item 28). */
  private keepUsageChunk(root: i32): void {
    if (!this.request.includeUsage) return;
    this.identity.learn(root);
    const document = this.document;
    this.usageChunk.length = 0;
    this.identity.insertMissing(root, this.edits);
    const choices = document.findKey(root, keys.CHOICES);
    if (choices < 0) this.edits.insertFirst(root).ascii('"choices":[],');
    for (let key = document.first(root); key >= 0; key = document.nextKey(key)) {
      const value = document.valueOf(key);
      if (key != choices) this.identity.editMember(key, value, this.edits);
      else if (!document.isArray(value)) this.edits.replaceNode(value).ascii("[]");
    }
    this.writeEvent(document.length, true, this.usageChunk);
  }

  /** Makes a usage chunk of the usage that came in a chunk with choices (item 25). */
  private writeUsageChunk(usage: i32): void {
    if (!this.request.includeUsage || !this.document.isObject(usage)) return;
    const chunk = this.usageChunk;
    chunk.length = 0;
    beginEvent(chunk);
    this.identity.writeHead(chunk);
    chunk.ascii('"choices":[],"usage":');
    chunk.bytes(this.document.rawPointer(usage), this.document.rawLength(usage));
    for (let index = 0; index < chunk.length; index++) {
      if (load<u8>(chunk.pointer + index) == 0x0a) store<u8>(chunk.pointer + index, 0x20);
    }
    chunk.byte(0x7d);
    endEvent(chunk);
  }
}
