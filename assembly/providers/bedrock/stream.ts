import { AnswerSink } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { Notice, Notices } from "../../canonical/notices";
import { repeatable, Telling } from "../../canonical/repeatable";
import { encodeText, equalsText } from "../../bytes/buffer";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { EXCEPTION_MARK } from "../../sse/event-stream";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";
import { JSON_TOOL_NAME } from "../shared/format-tool";
import { BlockKind, OpenBlock, OpenBlocks } from "../shared/open-blocks";
import { unwrapFinish } from "../shared/tool-input";
import { ToolNames } from "../shared/tool-names";
import { fillException } from "./errors";
import { beginToolCall, tellImage } from "./response";
import { mapStopReason } from "./stop-reason";
import { readUsage } from "./usage";

const MESSAGE_START = encodeText("messageStart");
const BLOCK_START = encodeText("contentBlockStart");
const BLOCK_DELTA = encodeText("contentBlockDelta");
const BLOCK_STOP = encodeText("contentBlockStop");
const MESSAGE_STOP = encodeText("messageStop");
const METADATA = encodeText("metadata");
const START = new JsonKey("start");
const DELTA = new JsonKey("delta");
const INDEX = new JsonKey("contentBlockIndex");
const TOOL_USE = new JsonKey("toolUse");
const NAME = new JsonKey("name");
const INPUT = new JsonKey("input");
const TEXT = new JsonKey("text");
const REASONING_CONTENT = new JsonKey("reasoningContent");
const SIGNATURE = new JsonKey("signature");
const REDACTED = new JsonKey("redactedContent");
const IMAGE = new JsonKey("image");
const STOP_REASON = new JsonKey("stopReason");
const USAGE = new JsonKey("usage");
const PADDING = new JsonKey("p");

/** Containers that have to be looked into: event, delta, its one member, what that holds. */
const EVENT_DEPTH: i32 = 5;

/** Ends an answer with the exception that came in the place of an event. */
export function failWithException(name: usize, nameLength: i32, data: usize, length: i32, sink: AnswerSink): void {
  if (sink.isDone || sink.hasFailed) return;
  fillException(0, name + 1, nameLength - 1, data, length, sink.failure);
  sink.fail();
}

/**
 * Reads the events of ConverseStream. The usage comes behind the end of the message, so the answer is done with `metadata`, or when the
 * stream ends without it. Unknown events and members, such as the padding `p`, are ignored.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export class ConverseStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private blocks: OpenBlocks = new OpenBlocks();
  private hasStarted: bool = false;
  private hasFinished: bool = false;
  private toolCalls: i32 = 0;
  private usedFormatTool: bool = false;

  constructor(
    private names: ToolNames,
    private unwrapsFormat: bool,
    private notices: Notices,
  ) {
    super();
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    if (nameLength > 0 && load<u8>(name) == EXCEPTION_MARK) {
      failWithException(name, nameLength, data, dataLength, sink);
      return;
    }
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      failNotJson(sink);
      return;
    }
    const root = document.root();
    if (equalsText(name, nameLength, BLOCK_DELTA)) this.readDelta(root, sink);
    else if (equalsText(name, nameLength, BLOCK_START)) this.startBlock(root, sink);
    else if (equalsText(name, nameLength, BLOCK_STOP)) this.stopBlock(root, sink);
    else if (equalsText(name, nameLength, MESSAGE_START)) this.ensureStarted(sink);
    else if (equalsText(name, nameLength, MESSAGE_STOP)) this.stopMessage(root, sink);
    else if (equalsText(name, nameLength, METADATA)) this.readMetadata(root, sink);
    else this.notices.note(Notice.UnknownEvent);
  }

  end(sink: AnswerSink): void {
    if (this.hasFinished) sink.done();
    else failTruncated(sink);
  }

  free(): void {
    this.document.free();
    this.blocks.free();
  }

  private ensureStarted(sink: AnswerSink): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    sink.start(0, 0, 0, 0, 0);
  }

  private stopMessage(root: i32, sink: AnswerSink): void {
    if (this.hasFinished) return;
    this.hasFinished = true;
    this.ensureStarted(sink);
    const reason = mapStopReason(this.document, this.document.find(root, STOP_REASON));
    sink.finish(0, unwrapFinish(reason, this.usedFormatTool, this.toolCalls));
  }

  private readMetadata(root: i32, sink: AnswerSink): void {
    readUsage(this.document, this.document.find(root, USAGE), sink.usage);
    if (this.hasFinished) sink.done();
  }

  private indexOf(root: i32): i64 {
    return this.document.integer(this.document.find(root, INDEX), -1);
  }

  /** Opens a block; null when an unbelievable number is open, and the answer has failed. */
  private open(index: i64, kind: BlockKind, sink: AnswerSink): OpenBlock | null {
    const stale = this.blocks.find(index);
    if (stale !== null) this.blocks.remove(stale);
    const block = this.blocks.add(index, kind);
    if (block === null) {
      sink.failWith(FailureReason.StreamError, 502, "The provider opened too many content blocks.");
    }
    return block;
  }

  private startBlock(root: i32, sink: AnswerSink): void {
    const document = this.document;
    this.ensureStarted(sink);
    const toolUse = document.find(document.find(root, START), TOOL_USE);
    if (!document.isObject(toolUse)) return;
    const isFormat = this.unwrapsFormat && document.equals(document.find(toolUse, NAME), JSON_TOOL_NAME);
    const block = this.open(this.indexOf(root), isFormat ? BlockKind.Format : BlockKind.ToolCall, sink);
    if (block === null) return;
    if (isFormat) {
      this.usedFormatTool = true;
      return;
    }
    block.tool = this.toolCalls;
    this.toolCalls += 1;
    beginToolCall(document, toolUse, block.tool, this.names, sink);
  }

  private readDelta(root: i32, sink: AnswerSink): void {
    const document = this.document;
    const delta = document.find(root, DELTA);
    const text = document.find(delta, TEXT);
    const length = document.textLength(text);
    const isAlone = document.nextKey(document.first(delta)) < 0;
    this.ensureStarted(sink);
    if (length > 0) {
      sink.text(0, document.textPointer(text), length);
      if (isAlone) this.noteRepeatable(root, Telling.Text, 0, text);
    }
    const toolUse = document.find(delta, TOOL_USE);
    if (toolUse >= 0) {
      const input = document.find(toolUse, INPUT);
      const block = this.tellInput(this.indexOf(root), input, sink);
      if (block !== null && isAlone) {
        const telling = block.kind == BlockKind.ToolCall ? Telling.ToolArguments : Telling.Text;
        this.noteRepeatable(root, telling, block.tool, input);
      }
    }
    const reasoning = document.find(delta, REASONING_CONTENT);
    if (reasoning >= 0) this.readReasoning(this.indexOf(root), reasoning, sink);
    tellImage(document, document.find(delta, IMAGE), sink);
  }

  /** Gives the block whose input was told, or null. */
  private tellInput(index: i64, input: i32, sink: AnswerSink): OpenBlock | null {
    const block = this.blocks.find(index);
    const length = this.document.textLength(input);
    if (block === null || length == 0) return null;
    block.hasArguments = true;
    const pointer = this.document.textPointer(input);
    if (block.kind == BlockKind.ToolCall) sink.toolArguments(0, block.tool, pointer, length);
    else if (block.kind == BlockKind.Format) sink.text(0, pointer, length);
    else return null;
    return block;
  }

  private noteRepeatable(root: i32, telling: Telling, tool: i32, text: i32): void {
    const document = this.document;
    repeatable.note(telling, 0, tool, document.textPointer(text), document.textLength(text));
    const padding = document.find(root, PADDING);
    repeatable.notePadding(document.textPointer(padding), document.textLength(padding));
  }

  private readReasoning(index: i64, reasoning: i32, sink: AnswerSink): void {
    const document = this.document;
    const text = document.find(reasoning, TEXT);
    const signature = document.find(reasoning, SIGNATURE);
    const redacted = document.find(reasoning, REDACTED);
    if (document.textLength(redacted) > 0) {
      sink.redactedReasoning(0, document.textPointer(redacted), document.textLength(redacted));
    }
    if (document.textLength(text) == 0 && document.textLength(signature) == 0) return;
    let block = this.blocks.find(index);
    // Only tool calls announce themselves.
    if (block === null) block = this.open(index, BlockKind.Reasoning, sink);
    if (block === null || block.kind != BlockKind.Reasoning) return;
    if (document.textLength(text) > 0) sink.reasoning(0, document.textPointer(text), document.textLength(text));
    if (!this.blocks.hasRoom(document.rawLength(signature))) {
      sink.failWith(FailureReason.StreamError, 502, "The provider sent a content block that is too large.");
      return;
    }
    block.carried.bytes(document.textPointer(signature), document.textLength(signature));
  }

  private stopBlock(root: i32, sink: AnswerSink): void {
    const block = this.blocks.find(this.indexOf(root));
    if (block === null) return;
    const carried = block.carried;
    if (block.kind == BlockKind.Reasoning) sink.reasoningSignature(0, carried.pointer, carried.length);
    else if (!block.hasArguments) {
      // Arguments must parse, so a call without any gets the empty object.
      carried.ascii("{}");
      if (block.kind == BlockKind.ToolCall) sink.toolArguments(0, block.tool, carried.pointer, carried.length);
      else sink.text(0, carried.pointer, carried.length);
    }
    this.blocks.remove(block);
  }
}
