import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { AnswerSink, FinishReason, MAX_ANSWER_CHOICES, MAX_NAME_BYTES, MAX_TOOL_CALLS } from "../../canonical/answer";
import { writeDoneMarker } from "../../canonical/done-marker";
import { writeErrorEvent } from "../../canonical/error-envelope";
import { writeEscapedText } from "../../canonical/error-text";
import { FailureReason } from "../../canonical/failure";
import { finishReasonName } from "../../canonical/finish-reason";
import { CanonicalRequest } from "../../canonical/request";
import { AttemptTarget } from "../../providers/provider";
import { beginEvent, endEvent } from "../../sse/encoder";
import { OpenReasoning, writeImage, writeRedactedBlock } from "./choice-state";
import { writeUsage } from "./write-usage";

/** What comes behind the text of a chunk, the event's end included. */
const TEXT_TAIL = encodeText('"},"finish_reason":null}]}\n\n');

/** What a choice without tool calls has; nothing is ever added to it. */
const NO_TOOLS: bool[] = [];

/** What the writer remembers of one choice between two calls. */
class StreamedChoice {
  hasFinished: bool = false;
  /** Per tool call: whether it got arguments. */
  toolHasArguments: bool[] = NO_TOOLS;
  private ownReasoning: OpenReasoning | null = null;

  constructor(public index: i32) {}

  /** Made when it is first asked for, because most answers show none. */
  get reasoning(): OpenReasoning {
    let reasoning = this.ownReasoning;
    if (reasoning === null) {
      reasoning = new OpenReasoning();
      this.ownReasoning = reasoning;
    }
    return reasoning;
  }

  /** Adds a tool call. */
  addTool(): void {
    if (this.toolHasArguments === NO_TOOLS) this.toolHasArguments = [];
    this.toolHasArguments.push(false);
  }

  /** Gives unmanaged memory back. */
  free(): void {
    const reasoning = this.ownReasoning;
    if (reasoning !== null) reasoning.free();
  }
}

/** What a writer has until an answer begins; nothing is ever added to it. */
const NO_CHOICES: StreamedChoice[] = [];

/**
 * Writes a streamed answer as OpenAI's `chat.completion.chunk` events, one per call. The members that all chunks share are
 * written once into `head` and copied, so a text delta costs a few copies.
 * Source: https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class ChunkWriter extends AnswerSink {
  private choices: StreamedChoice[] = NO_CHOICES;
  /** `data: {"id":...,"object":...,"created":...,"model":...,"choices":[` */
  private head: ByteBuffer = new ByteBuffer();
  /** All that comes before a text in a chunk of choice `textChoice`: most chunks differ in nothing else. */
  private textHead: ByteBuffer = new ByteBuffer();
  private textChoice: i32 = -1;

  constructor(
    private request: CanonicalRequest,
    private target: AttemptTarget,
    private id: StaticArray<u8>,
    private created: i64,
    private out: ByteBuffer,
  ) {
    super();
  }

  start(id: usize, idLength: i32, model: usize, modelLength: i32, created: i64): void {
    if (this.isDone || this.hasFailed || this.head.length > 0) return;
    const head = this.head;
    beginEvent(head);
    head.ascii('{"id":"');
    if (idLength > 0 && idLength <= MAX_NAME_BYTES) head.bytes(id, idLength);
    else head.text(this.id);
    head.ascii('","object":"chat.completion.chunk","created":');
    head.decimal(created > 0 ? created : this.created);
    head.ascii(',"model":"');
    if (modelLength > 0 && modelLength <= MAX_NAME_BYTES) head.bytes(model, modelLength);
    else writeEscapedText(this.target.model, head);
    head.ascii('","choices":[');
    this.choice(0);
  }

  text(choice: i32, pointer: usize, length: i32): void {
    if (length <= 0 || this.openChoice(choice) === null) return;
    this.hasContent = true;
    const out = this.out;
    if (choice != this.textChoice) this.writeTextHead(choice);
    out.reserve(this.textHead.length + length + TEXT_TAIL.length);
    out.bytes(this.textHead.pointer, this.textHead.length);
    out.bytes(pointer, length);
    out.text(TEXT_TAIL);
  }

  private writeTextHead(choice: i32): void {
    const head = this.textHead;
    head.clear();
    head.bytes(this.head.pointer, this.head.length);
    head.ascii('{"index":');
    head.decimal(choice);
    head.ascii(',"delta":{"content":"');
    this.textChoice = choice;
  }

  reasoning(choice: i32, pointer: usize, length: i32): void {
    if (length <= 0) return;
    const state = this.openChoice(choice);
    if (state === null) return;
    this.hasContent = true;
    state.reasoning.add(pointer, length);
    this.beginDelta(choice);
    this.out.ascii('"reasoning_content":"');
    this.out.bytes(pointer, length);
    this.out.byte(0x22);
    this.endDelta();
  }

  reasoningSignature(choice: i32, pointer: usize, length: i32): void {
    const state = this.openChoice(choice);
    if (state === null) return;
    const before = this.out.length;
    this.beginDelta(choice);
    this.out.ascii('"thinking_blocks":[');
    if (!state.reasoning.close(pointer, length, this.out)) {
      this.out.length = before;
      return;
    }
    this.out.byte(0x5d);
    this.endDelta();
  }

  redactedReasoning(choice: i32, pointer: usize, length: i32): void {
    if (length <= 0 || this.openChoice(choice) === null) return;
    this.beginDelta(choice);
    this.out.ascii('"thinking_blocks":[');
    writeRedactedBlock(pointer, length, this.out);
    this.out.byte(0x5d);
    this.endDelta();
  }

  image(choice: i32, mediaType: usize, mediaTypeLength: i32, data: usize, dataLength: i32): void {
    if (dataLength <= 0 || this.openChoice(choice) === null) return;
    this.hasContent = true;
    this.beginDelta(choice);
    this.out.ascii('"images":[');
    writeImage(mediaType, mediaTypeLength, data, dataLength, this.out);
    this.out.byte(0x5d);
    this.endDelta();
  }

  annotation(choice: i32, pointer: usize, length: i32): void {
    if (length <= 0 || this.openChoice(choice) === null) return;
    this.beginDelta(choice);
    this.out.ascii('"annotations":[');
    this.out.bytes(pointer, length);
    this.out.byte(0x5d);
    this.endDelta();
  }

  logprobs(choice: i32, pointer: usize, length: i32): void {
    if (length <= 0 || this.openChoice(choice) === null) return;
    this.beginDelta(choice);
    this.out.ascii('},"logprobs":{"content":[');
    this.out.bytes(pointer, length);
    this.out.ascii('],"refusal":null},"finish_reason":null}]}');
    endEvent(this.out);
  }

  toolCall(choice: i32, tool: i32, id: usize, idLength: i32, name: usize, nameLength: i32): void {
    const state = this.openChoice(choice);
    if (state === null || tool != state.toolHasArguments.length || tool >= MAX_TOOL_CALLS) return;
    state.addTool();
    this.hasContent = true;
    this.beginTool(choice, tool);
    this.out.ascii(',"id":"');
    this.out.bytes(id, idLength);
    this.out.ascii('","type":"function","function":{"name":"');
    this.out.bytes(name, nameLength);
    this.out.ascii('","arguments":""}}]');
    this.endDelta();
  }

  toolArguments(choice: i32, tool: i32, pointer: usize, length: i32): void {
    if (length <= 0) return;
    const state = this.openChoice(choice);
    if (state === null || tool < 0 || tool >= state.toolHasArguments.length) return;
    unchecked((state.toolHasArguments[tool] = true));
    this.beginTool(choice, tool);
    this.out.ascii(',"function":{"arguments":"');
    this.out.bytes(pointer, length);
    this.out.ascii('"}}]');
    this.endDelta();
  }

  finish(choice: i32, reason: FinishReason): void {
    const state = this.openChoice(choice);
    if (state === null) return;
    this.hasContent = true;
    const tools = state.toolHasArguments;
    for (let tool = 0; tool < tools.length; tool++) {
      if (unchecked(tools[tool])) continue;
      this.beginTool(choice, tool);
      this.out.ascii(',"function":{"arguments":"{}"}}]');
      this.endDelta();
    }
    state.hasFinished = true;
    this.beginDelta(choice);
    this.out.ascii('},"finish_reason":"');
    this.out.ascii(finishReasonName(reason));
    this.out.ascii('"}]}');
    endEvent(this.out);
  }

  done(): void {
    if (this.isDone || this.hasFailed) return;
    if (!this.hasContent) {
      this.failWith(FailureReason.StreamError, 502, "The provider sent no usable answer.");
      return;
    }
    for (let position = 0; position < this.choices.length; position++) {
      const state = unchecked(this.choices[position]);
      if (state.hasFinished) continue;
      this.finish(state.index, state.toolHasArguments.length > 0 ? FinishReason.ToolCalls : FinishReason.Stop);
    }
    if (this.request.includeUsage && this.usage.known) {
      this.out.bytes(this.head.pointer, this.head.length);
      this.out.ascii('],"usage":');
      writeUsage(this.usage, this.out);
      this.out.byte(0x7d);
      endEvent(this.out);
    }
    this.isDone = true;
    writeDoneMarker(this.out);
  }

  fail(): void {
    if (this.isDone || this.hasFailed) return;
    this.hasFailed = true;
    writeErrorEvent(this.failure, this.target.provider.secrets, this.out);
  }

  free(): void {
    this.head.free();
    this.textHead.free();
    this.textChoice = -1;
    for (let position = 0; position < this.choices.length; position++) unchecked(this.choices[position]).free();
    this.choices = NO_CHOICES;
  }

  /** The choice's state, begun when it is new; null when nothing may be written to it. */
  private openChoice(index: i32): StreamedChoice | null {
    if (this.isDone || this.hasFailed) return null;
    if (this.head.length == 0) this.start(0, 0, 0, 0, 0);
    const state = this.choice(index);
    return state === null || state.hasFinished ? null : state;
  }

  private choice(index: i32): StreamedChoice | null {
    for (let position = 0; position < this.choices.length; position++) {
      const state = unchecked(this.choices[position]);
      if (state.index == index) return state;
    }
    if (index < 0 || index >= MAX_ANSWER_CHOICES) return null;
    const state = new StreamedChoice(index);
    if (this.choices === NO_CHOICES) this.choices = [state];
    else this.choices.push(state);
    this.beginDelta(index);
    this.out.ascii('"role":"assistant","content":""');
    this.endDelta();
    return state;
  }

  private beginDelta(choice: i32): void {
    this.out.bytes(this.head.pointer, this.head.length);
    this.out.ascii('{"index":');
    this.out.decimal(choice);
    this.out.ascii(',"delta":{');
  }

  private endDelta(): void {
    this.out.ascii('},"finish_reason":null}]}');
    endEvent(this.out);
  }

  private beginTool(choice: i32, tool: i32): void {
    this.beginDelta(choice);
    this.out.ascii('"tool_calls":[{"index":');
    this.out.decimal(tool);
  }
}
