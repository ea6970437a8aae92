import { ByteBuffer, copyToText } from "../../bytes/buffer";
import { AnswerSink, FinishReason, MAX_ANSWER_CHOICES, MAX_NAME_BYTES, MAX_TOOL_CALLS } from "../../canonical/answer";
import { writeEscapedText } from "../../canonical/error-text";
import { FailureReason } from "../../canonical/failure";
import { finishReasonName } from "../../canonical/finish-reason";
import { AttemptTarget } from "../../providers/provider";
import { OpenReasoning, writeImage, writeRedactedBlock } from "./choice-state";
import { writeUsage } from "./write-usage";

const NO_TEXT = new StaticArray<u8>(0);

/** One tool call while it is gathered. */
class GatheredTool {
  arguments: ByteBuffer = new ByteBuffer();

  constructor(
    public id: StaticArray<u8>,
    public name: StaticArray<u8>,
  ) {}

  write(out: ByteBuffer): void {
    out.ascii('{"id":"');
    out.text(this.id);
    out.ascii('","type":"function","function":{"name":"');
    out.text(this.name);
    out.ascii('","arguments":"');
    if (this.arguments.length > 0) out.bytes(this.arguments.pointer, this.arguments.length);
    else out.ascii("{}");
    out.ascii('"}}');
  }
}

/** Writes a list of which the elements were gathered; nothing when there are none. */
function writeList(opening: string, elements: ByteBuffer, out: ByteBuffer): void {
  if (elements.length == 0) return;
  out.ascii(opening);
  out.bytes(elements.pointer, elements.length);
  out.byte(0x5d);
}

/** Adds a raw element to a list, with its comma. */
function addElement(list: ByteBuffer, pointer: usize, length: i32): void {
  if (list.length > 0) list.byte(0x2c);
  list.bytes(pointer, length);
}

/** What only some answers have. All texts are the insides of JSON strings. */
class RareParts {
  reasoning: ByteBuffer = new ByteBuffer();
  openReasoning: OpenReasoning = new OpenReasoning();
  /** Elements of `thinking_blocks`, with commas. */
  blocks: ByteBuffer = new ByteBuffer();
  /** Elements of `images`, `annotations` and `logprobs.content`, with commas. */
  images: ByteBuffer = new ByteBuffer();
  annotations: ByteBuffer = new ByteBuffer();
  logprobs: ByteBuffer = new ByteBuffer();
  tools: GatheredTool[] = [];

  free(): void {
    this.reasoning.free();
    this.openReasoning.free();
    this.blocks.free();
    this.images.free();
    this.annotations.free();
    this.logprobs.free();
    for (let tool = 0; tool < this.tools.length; tool++) unchecked(this.tools[tool]).arguments.free();
    this.tools.length = 0;
  }
}

/** One choice while it is gathered. Its text is the inside of a JSON string. */
class GatheredChoice {
  finish: FinishReason = FinishReason.Stop;
  hasFinished: bool = false;
  text: ByteBuffer = new ByteBuffer();
  private rareParts: RareParts | null = null;

  constructor(public index: i32) {}

  /** The rare parts, made when the first of them comes. */
  get rare(): RareParts {
    let rare = this.rareParts;
    if (rare === null) {
      rare = new RareParts();
      this.rareParts = rare;
    }
    return rare;
  }

  write(out: ByteBuffer): void {
    const rare = this.rareParts;
    out.ascii('{"index":');
    out.decimal(this.index);
    out.ascii(',"message":{"role":"assistant","content":');
    this.writeText(this.text, out);
    // Required members of OpenAI's schema; a refusal is told as text, and log probabilities are not asked for.
    out.ascii(',"refusal":null');
    if (rare !== null) this.writeRare(rare, out);
    if (rare !== null && rare.logprobs.length > 0) {
      writeList('},"logprobs":{"content":[', rare.logprobs, out);
      out.ascii(',"refusal":null}');
    } else out.ascii('},"logprobs":null');
    out.ascii(',"finish_reason":"');
    const hasTools = rare !== null && rare.tools.length > 0;
    const unfinished = hasTools ? FinishReason.ToolCalls : FinishReason.Stop;
    out.ascii(finishReasonName(this.hasFinished ? this.finish : unfinished));
    out.ascii('"}');
  }

  private writeRare(rare: RareParts, out: ByteBuffer): void {
    if (rare.reasoning.length > 0) {
      out.ascii(',"reasoning_content":');
      this.writeText(rare.reasoning, out);
    }
    writeList(',"thinking_blocks":[', rare.blocks, out);
    writeList(',"images":[', rare.images, out);
    writeList(',"annotations":[', rare.annotations, out);
    if (rare.tools.length > 0) this.writeTools(rare.tools, out);
  }

  /** No text at all is `null`, as at OpenAI when there are only tool calls (checklist item 29). */
  private writeText(text: ByteBuffer, out: ByteBuffer): void {
    if (text.length == 0) {
      out.ascii("null");
      return;
    }
    out.byte(0x22);
    out.bytes(text.pointer, text.length);
    out.byte(0x22);
  }

  private writeTools(tools: GatheredTool[], out: ByteBuffer): void {
    out.ascii(',"tool_calls":[');
    for (let tool = 0; tool < tools.length; tool++) {
      if (tool > 0) out.byte(0x2c);
      unchecked(tools[tool]).write(out);
    }
    out.byte(0x5d);
  }

  free(): void {
    this.text.free();
    const rare = this.rareParts;
    if (rare !== null) rare.free();
  }
}

/** What a writer has until an answer begins; nothing is ever added to it. */
const NO_CHOICES: GatheredChoice[] = [];

/**
 * Gathers an answer and writes it at `done` as one `chat.completion` body.
 * Source: https://platform.openai.com/docs/api-reference/chat/object
 */
export class CompletionWriter extends AnswerSink {
  private choices: GatheredChoice[] = NO_CHOICES;
  private model: StaticArray<u8> = NO_TEXT;

  constructor(
    private target: AttemptTarget,
    private id: StaticArray<u8>,
    private created: i64,
    private out: ByteBuffer,
  ) {
    super();
  }

  start(id: usize, idLength: i32, model: usize, modelLength: i32, created: i64): void {
    if (idLength > 0 && idLength <= MAX_NAME_BYTES) this.id = copyToText(id, idLength);
    if (modelLength > 0 && modelLength <= MAX_NAME_BYTES) this.model = copyToText(model, modelLength);
    if (created > 0) this.created = created;
    this.openChoice(0);
  }

  text(choice: i32, pointer: usize, length: i32): void {
    if (length <= 0) return;
    const state = this.openChoice(choice);
    if (state === null) return;
    this.hasContent = true;
    state.text.bytes(pointer, length);
  }

  reasoning(choice: i32, pointer: usize, length: i32): void {
    if (length <= 0) return;
    const state = this.openChoice(choice);
    if (state === null) return;
    this.hasContent = true;
    state.rare.reasoning.bytes(pointer, length);
    state.rare.openReasoning.add(pointer, length);
  }

  reasoningSignature(choice: i32, pointer: usize, length: i32): void {
    const state = this.openChoice(choice);
    if (state === null) return;
    const before = state.rare.blocks.length;
    if (before > 0) state.rare.blocks.byte(0x2c);
    if (!state.rare.openReasoning.close(pointer, length, state.rare.blocks)) state.rare.blocks.length = before;
  }

  redactedReasoning(choice: i32, pointer: usize, length: i32): void {
    if (length <= 0) return;
    const state = this.openChoice(choice);
    if (state === null) return;
    if (state.rare.blocks.length > 0) state.rare.blocks.byte(0x2c);
    writeRedactedBlock(pointer, length, state.rare.blocks);
  }

  image(choice: i32, mediaType: usize, mediaTypeLength: i32, data: usize, dataLength: i32): void {
    const state = this.openChoice(choice);
    if (state === null || dataLength <= 0) return;
    this.hasContent = true;
    if (state.rare.images.length > 0) state.rare.images.byte(0x2c);
    writeImage(mediaType, mediaTypeLength, data, dataLength, state.rare.images);
  }

  annotation(choice: i32, pointer: usize, length: i32): void {
    const state = this.openChoice(choice);
    if (state !== null && length > 0) addElement(state.rare.annotations, pointer, length);
  }

  logprobs(choice: i32, pointer: usize, length: i32): void {
    const state = this.openChoice(choice);
    if (state !== null && length > 0) addElement(state.rare.logprobs, pointer, length);
  }

  toolCall(choice: i32, tool: i32, id: usize, idLength: i32, name: usize, nameLength: i32): void {
    const state = this.openChoice(choice);
    if (state === null || tool != state.rare.tools.length || tool >= MAX_TOOL_CALLS) return;
    this.hasContent = true;
    state.rare.tools.push(new GatheredTool(copyToText(id, idLength), copyToText(name, nameLength)));
  }

  toolArguments(choice: i32, tool: i32, pointer: usize, length: i32): void {
    const state = this.openChoice(choice);
    if (state === null || tool < 0 || tool >= state.rare.tools.length) return;
    unchecked(state.rare.tools[tool]).arguments.bytes(pointer, length);
  }

  finish(choice: i32, reason: FinishReason): void {
    const state = this.openChoice(choice);
    if (state === null) return;
    this.hasContent = true;
    state.hasFinished = true;
    state.finish = reason;
  }

  done(): void {
    if (this.isDone || this.hasFailed) return;
    if (!this.hasContent) {
      this.failWith(FailureReason.StreamError, 502, "The provider sent no usable answer.");
      return;
    }
    this.isDone = true;
    const out = this.out;
    out.ascii('{"id":"');
    out.text(this.id);
    out.ascii('","object":"chat.completion","created":');
    out.decimal(this.created);
    out.ascii(',"model":"');
    if (this.model.length > 0) out.text(this.model);
    else writeEscapedText(this.target.model, out);
    out.ascii('","choices":[');
    for (let position = 0; position < this.choices.length; position++) {
      if (position > 0) out.byte(0x2c);
      unchecked(this.choices[position]).write(out);
    }
    out.byte(0x5d);
    if (this.usage.known) {
      out.ascii(',"usage":');
      writeUsage(this.usage, out);
    }
    out.byte(0x7d);
  }

  /** Writes nothing: an answer that failed is an error body or another attempt, which the caller decides. */
  fail(): void {
    if (this.isDone || this.hasFailed) return;
    this.hasFailed = true;
  }

  free(): void {
    for (let position = 0; position < this.choices.length; position++) unchecked(this.choices[position]).free();
    this.choices = NO_CHOICES;
  }

  /** The choice's state, in the order of the indices; null when nothing may be added to it. */
  private openChoice(index: i32): GatheredChoice | null {
    if (this.isDone || this.hasFailed || index < 0 || index >= MAX_ANSWER_CHOICES) return null;
    let position = 0;
    for (; position < this.choices.length; position++) {
      const state = unchecked(this.choices[position]);
      if (state.index == index) return state.hasFinished ? null : state;
      if (state.index > index) break;
    }
    const state = new GatheredChoice(index);
    if (this.choices === NO_CHOICES) {
      this.choices = [state];
      return state;
    }
    this.choices.push(state);
    for (let last = this.choices.length - 1; last > position; last--) {
      unchecked((this.choices[last] = this.choices[last - 1]));
    }
    unchecked((this.choices[position] = state));
    return state;
  }
}
