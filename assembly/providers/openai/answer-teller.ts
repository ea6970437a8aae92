import * as keys from "../../canonical/openai-keys";
import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink, FinishReason, MAX_ANSWER_CHOICES, MAX_TOOL_CALLS } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";
import { ThinkTags } from "../shared/think-tags";
import { appendParts } from "./content-parts";
import { escapeInto } from "../../json/write";

const LENGTH = new JsonKey("length");
const CONTENT_FILTER = new JsonKey("content_filter");
const NULL_TEXT = new JsonKey("null");

/** What is remembered of one choice while it is told. */
class ToldChoice {
  hasFinished: bool = false;
  /** The provider's index of each tool call; the position here is the hub's number. */
  tools: i64[] = [];

  constructor(
    public index: i32,
    /** Null when the text holds no thinking. */
    public tags: ThinkTags | null,
  ) {}
}

/** Tells OpenAI's deltas and messages, which have the same members, to the hub (checklist items 134 and 135). */
export class AnswerTeller {
  private choices: ToldChoice[] = [];
  private scratch: ByteBuffer = new ByteBuffer();

  constructor(
    private document: JsonDocument,
    private sink: AnswerSink,
    /** Whether the text may begin with thinking between tags. */
    private hasReasoningTags: bool,
  ) {}

  /** The sink may be another one at each event. */
  useSink(sink: AnswerSink): void {
    this.sink = sink;
  }

  free(): void {
    this.scratch.free();
    for (let position = 0; position < this.choices.length; position++) {
      const tags = unchecked(this.choices[position]).tags;
      if (tags !== null) tags.free();
    }
  }

  /** The answer is over: tells what is held back of texts that have not finished. */
  end(): void {
    for (let position = 0; position < this.choices.length; position++) {
      const tags = unchecked(this.choices[position]).tags;
      if (tags !== null) tags.end(this.sink);
    }
  }

  /** Whether at least one choice was told and all that were told have finished. */
  hasFinished(): bool {
    for (let position = 0; position < this.choices.length; position++) {
      if (!unchecked(this.choices[position]).hasFinished) return false;
    }
    return this.choices.length > 0;
  }

  /** Tells `start` from the members that every chunk and answer has. */
  start(root: i32): void {
    const document = this.document;
    const id = document.find(root, keys.ID);
    const model = document.find(root, keys.MODEL);
    this.sink.start(
      document.textPointer(id),
      document.textLength(id),
      document.textPointer(model),
      document.textLength(model),
      document.integer(document.find(root, keys.CREATED)),
    );
  }

  /** Tells the choices; `member` is where their words are: `delta` or `message`. */
  tell(choices: i32, member: JsonKey): void {
    const document = this.document;
    let position = 0;
    for (let choice = document.first(choices); choice >= 0; choice = document.nextElement(choice)) {
      const index = document.integer(document.find(choice, keys.INDEX), position);
      position += 1;
      if (index < 0 || index >= MAX_ANSWER_CHOICES) continue;
      const state = this.open(index as i32);
      if (state.hasFinished) continue;
      this.tellWords(document.find(choice, member), state);
      const finish = document.find(choice, keys.FINISH_REASON);
      if (document.textLength(finish) == 0 || document.equals(finish, NULL_TEXT)) continue;
      state.hasFinished = true;
      const tags = state.tags;
      if (tags !== null) tags.end(this.sink);
      this.sink.finish(state.index, this.finishReason(finish));
    }
  }

  private open(index: i32): ToldChoice {
    for (let position = 0; position < this.choices.length; position++) {
      const state = unchecked(this.choices[position]);
      if (state.index == index) return state;
    }
    const state = new ToldChoice(index, this.hasReasoningTags ? new ThinkTags(index) : null);
    this.choices.push(state);
    return state;
  }

  private tellWords(words: i32, state: ToldChoice): void {
    const document = this.document;
    const choice = state.index;
    const blocks = document.find(words, keys.THINKING_BLOCKS);
    let reasoning = document.find(words, keys.REASONING_CONTENT);
    if (!document.isPresent(reasoning)) reasoning = document.find(words, keys.REASONING);
    this.sink.reasoning(choice, document.textPointer(reasoning), document.textLength(reasoning));
    const tags = state.tags;
    if (tags !== null && document.textLength(reasoning) > 0) tags.expectNone();
    for (let block = document.first(blocks); block >= 0; block = document.nextElement(block)) {
      this.tellBlock(block, choice);
    }
    const content = document.find(words, keys.CONTENT);
    if (document.isArray(content)) this.tellParts(content, choice);
    else if (tags !== null) tags.add(document.textPointer(content), document.textLength(content), this.sink);
    else this.sink.text(choice, document.textPointer(content), document.textLength(content));
    const refusal = document.find(words, keys.REFUSAL);
    this.sink.text(choice, document.textPointer(refusal), document.textLength(refusal));
    let position = 0;
    const calls = document.find(words, keys.TOOL_CALLS);
    for (let call = document.first(calls); call >= 0; call = document.nextElement(call)) {
      this.tellToolCall(call, position, state);
      position += 1;
    }
  }

  private tellParts(content: i32, choice: i32): void {
    const scratch = this.scratch;
    scratch.length = 0;
    appendParts(this.document, content, true, scratch);
    this.sink.reasoning(choice, scratch.pointer, scratch.length);
    scratch.length = 0;
    appendParts(this.document, content, false, scratch);
    this.sink.text(choice, scratch.pointer, scratch.length);
  }

  /** The text of a block has been told as reasoning already; what is new is the signature. */
  private tellBlock(block: i32, choice: i32): void {
    const document = this.document;
    const signature = document.find(block, keys.SIGNATURE);
    if (document.textLength(signature) > 0) {
      this.sink.reasoningSignature(choice, document.textPointer(signature), document.textLength(signature));
    }
    if (!document.equals(document.find(block, keys.TYPE), keys.REDACTED_THINKING)) return;
    const data = document.find(block, keys.DATA);
    this.sink.redactedReasoning(choice, document.textPointer(data), document.textLength(data));
  }

  private tellToolCall(call: i32, position: i32, state: ToldChoice): void {
    const document = this.document;
    const called = document.find(call, keys.FUNCTION);
    if (!document.isObject(called)) return;
    const id = document.find(call, keys.ID);
    const name = document.find(called, keys.NAME);
    const opens = document.textLength(id) > 0 || document.textLength(name) > 0;
    const last = state.tools.length - 1;
    const unnumbered: i64 = opens || last < 0 ? position + state.tools.length : unchecked(state.tools[last]);
    const given = document.integer(document.find(call, keys.INDEX), unnumbered);
    let tool = state.tools.indexOf(given);
    if (tool < 0) {
      tool = state.tools.length;
      if (tool >= MAX_TOOL_CALLS) return;
      state.tools.push(given);
      this.openToolCall(tool, id, name, state);
    }
    this.tellArguments(document.find(called, keys.ARGUMENTS), tool, state.index);
  }

  private openToolCall(tool: i32, id: i32, name: i32, state: ToldChoice): void {
    const document = this.document;
    let idPointer = document.textPointer(id);
    let idLength = document.textLength(id);
    if (idLength == 0) {
      const made = this.scratch;
      made.length = 0;
      made.ascii("call_");
      made.decimal(state.index);
      made.byte(0x5f);
      made.decimal(tool);
      idPointer = made.pointer;
      idLength = made.length;
    }
    this.sink.toolCall(state.index, tool, idPointer, idLength, document.textPointer(name), document.textLength(name));
  }

  private tellArguments(value: i32, tool: i32, choice: i32): void {
    const document = this.document;
    if (document.isString(value)) {
      this.sink.toolArguments(choice, tool, document.textPointer(value), document.textLength(value));
    } else if (document.isPresent(value)) {
      const escaped = this.scratch;
      escaped.length = 0;
      escapeInto(document.rawPointer(value), document.rawLength(value), escaped);
      this.sink.toolArguments(choice, tool, escaped.pointer, escaped.length);
    }
  }

  private finishReason(node: i32): FinishReason {
    const document = this.document;
    if (document.equals(node, LENGTH)) return FinishReason.Length;
    if (document.equals(node, keys.TOOL_CALLS) || document.equals(node, keys.FUNCTION_CALL))
      return FinishReason.ToolCalls;
    return document.equals(node, CONTENT_FILTER) ? FinishReason.ContentFilter : FinishReason.Stop;
  }
}
