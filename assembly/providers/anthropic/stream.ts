import { AnswerSink, FinishReason } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { Notice, Notices } from "../../canonical/notices";
import { repeatable, Telling } from "../../canonical/repeatable";
import { JsonDocument, JsonError, JsonKey } from "../../json/document";
import { StreamReader } from "../provider";
import { failTruncated } from "../shared/errors";
import { readEnvelope } from "./errors";
import { BlockKind, OpenBlock, OpenBlocks } from "../shared/open-blocks";
import { JSON_TOOL_NAME } from "../shared/format-tool";
import { escapeInput, unwrapFinish } from "../shared/tool-input";
import { startMessage } from "./response";
import { mapStopReason } from "./stop-reason";
import { UsageReader } from "./usage";

const TYPE = new JsonKey("type");
const MESSAGE_START = new JsonKey("message_start");
const MESSAGE_DELTA = new JsonKey("message_delta");
const MESSAGE_STOP = new JsonKey("message_stop");
const BLOCK_START = new JsonKey("content_block_start");
const BLOCK_DELTA = new JsonKey("content_block_delta");
const BLOCK_STOP = new JsonKey("content_block_stop");
const ERROR = new JsonKey("error");
const PING = new JsonKey("ping");
const MESSAGE = new JsonKey("message");
const USAGE = new JsonKey("usage");
const DELTA = new JsonKey("delta");
const STOP_REASON = new JsonKey("stop_reason");
const INDEX = new JsonKey("index");
const CONTENT_BLOCK = new JsonKey("content_block");
const TEXT = new JsonKey("text");
const TEXT_DELTA = new JsonKey("text_delta");
const THINKING = new JsonKey("thinking");
const THINKING_DELTA = new JsonKey("thinking_delta");
const SIGNATURE = new JsonKey("signature");
const SIGNATURE_DELTA = new JsonKey("signature_delta");
const REDACTED_THINKING = new JsonKey("redacted_thinking");
const DATA = new JsonKey("data");
const TOOL_USE = new JsonKey("tool_use");
const INPUT_JSON_DELTA = new JsonKey("input_json_delta");
const PARTIAL_JSON = new JsonKey("partial_json");
const ID = new JsonKey("id");
const NAME = new JsonKey("name");
const INPUT = new JsonKey("input");

/** Containers that have to be looked into: event, message or delta, usage, its details. */
const EVENT_DEPTH: i32 = 4;

/**
 * Reads the events of a streamed message. `ping`, unknown events, unknown blocks and unknown deltas are ignored, as the vendor asks.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class AnthropicStreamReader extends StreamReader {
  private document: JsonDocument = new JsonDocument();
  private usage: UsageReader = new UsageReader();
  private blocks: OpenBlocks = new OpenBlocks();
  private hasStarted: bool = false;
  private hasFinished: bool = false;
  private toolCalls: i32 = 0;
  private usedFormatTool: bool = false;

  constructor(
    private unwrapsFormat: bool,
    private notices: Notices,
  ) {
    super();
  }

  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    const document = this.document;
    if (document.parse(data, dataLength, EVENT_DEPTH) != JsonError.None || !document.isObject(document.root())) {
      sink.failWith(FailureReason.StreamError, 502, "The provider sent an event that is not JSON.");
      return;
    }
    const root = document.root();
    const type = document.find(root, TYPE);
    if (document.equals(type, BLOCK_DELTA)) this.readDelta(root, sink);
    else if (document.equals(type, BLOCK_START)) this.startBlock(root, sink);
    else if (document.equals(type, BLOCK_STOP)) this.stopBlock(root, sink);
    else if (document.equals(type, MESSAGE_START)) this.startMessage(root, sink);
    else if (document.equals(type, MESSAGE_DELTA)) this.readMessageDelta(root, sink);
    else if (document.equals(type, MESSAGE_STOP)) this.stopMessage(sink);
    else if (document.equals(type, ERROR)) this.readError(sink);
    else if (!document.equals(type, PING)) this.notices.note(Notice.UnknownEvent);
  }

  end(sink: AnswerSink): void {
    failTruncated(sink);
  }

  free(): void {
    this.document.free();
    this.blocks.free();
  }

  private startMessage(root: i32, sink: AnswerSink): void {
    const message = this.document.find(root, MESSAGE);
    if (!this.hasStarted) {
      this.hasStarted = true;
      startMessage(this.document, message, sink);
    }
    this.usage.read(this.document, this.document.find(message, USAGE), sink.usage);
  }

  /** Whether the open blocks may carry a value as well; when not, the answer has failed. */
  private hasRoom(node: i32, sink: AnswerSink): bool {
    if (this.blocks.hasRoom(this.document.rawLength(node))) return true;
    sink.failWith(FailureReason.StreamError, 502, "The provider sent a content block that is too large.");
    return false;
  }

  /** A stream without `message_start` still has content to show. */
  private ensureStarted(sink: AnswerSink): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    sink.start(0, 0, 0, 0, 0);
  }

  private readMessageDelta(root: i32, sink: AnswerSink): void {
    const document = this.document;
    this.usage.read(document, document.find(root, USAGE), sink.usage);
    const reason = document.find(document.find(root, DELTA), STOP_REASON);
    if (document.isString(reason)) this.finish(mapStopReason(document, reason), sink);
  }

  private finish(reason: FinishReason, sink: AnswerSink): void {
    if (this.hasFinished) return;
    this.hasFinished = true;
    this.ensureStarted(sink);
    sink.finish(0, unwrapFinish(reason, this.usedFormatTool, this.toolCalls));
  }

  private stopMessage(sink: AnswerSink): void {
    this.finish(FinishReason.Stop, sink);
    sink.done();
  }

  private readError(sink: AnswerSink): void {
    if (readEnvelope(this.document, 0, sink.failure)) sink.fail();
    else sink.failWith(FailureReason.StreamError, 502, "The provider reported an error.");
  }

  private startBlock(root: i32, sink: AnswerSink): void {
    const document = this.document;
    const content = document.find(root, CONTENT_BLOCK);
    const type = document.find(content, TYPE);
    const index = document.integer(document.find(root, INDEX), -1);
    const stale = this.blocks.find(index);
    if (stale !== null) this.blocks.remove(stale);
    this.ensureStarted(sink);
    if (document.equals(type, REDACTED_THINKING)) {
      const data = document.find(content, DATA);
      sink.redactedReasoning(0, document.textPointer(data), document.textLength(data));
      return;
    }
    const block = this.blocks.add(index, this.kindOf(content, type));
    if (block === null) {
      sink.failWith(FailureReason.StreamError, 502, "The provider opened too many content blocks.");
      return;
    }
    this.beginBlock(block, content, sink);
  }

  private kindOf(content: i32, type: i32): BlockKind {
    const document = this.document;
    if (document.equals(type, TEXT)) return BlockKind.Text;
    if (document.equals(type, THINKING)) return BlockKind.Reasoning;
    if (!document.equals(type, TOOL_USE)) return BlockKind.Hidden;
    const isFormat = this.unwrapsFormat && document.equals(document.find(content, NAME), JSON_TOOL_NAME);
    return isFormat ? BlockKind.Format : BlockKind.ToolCall;
  }

  private beginBlock(block: OpenBlock, content: i32, sink: AnswerSink): void {
    switch (block.kind) {
      case BlockKind.Text:
        this.tellText(this.document.find(content, TEXT), sink);
        return;
      case BlockKind.Reasoning:
        this.tellReasoning(this.document.find(content, THINKING), sink);
        this.carrySignature(block, this.document.find(content, SIGNATURE), sink);
        return;
      case BlockKind.ToolCall:
      case BlockKind.Format:
        this.beginTool(block, content, sink);
        return;
      default:
        return;
    }
  }

  private beginTool(block: OpenBlock, content: i32, sink: AnswerSink): void {
    const document = this.document;
    // Some servers give the whole input at once; it is used when no deltas follow.
    const input = document.find(content, INPUT);
    if (!this.hasRoom(input, sink)) return;
    escapeInput(document, input, block.carried);
    if (block.kind == BlockKind.Format) {
      this.usedFormatTool = true;
      return;
    }
    const id = document.find(content, ID);
    const name = document.find(content, NAME);
    block.tool = this.toolCalls;
    this.toolCalls += 1;
    sink.toolCall(
      0,
      block.tool,
      document.textPointer(id),
      document.textLength(id),
      document.textPointer(name),
      document.textLength(name),
    );
  }

  private readDelta(root: i32, sink: AnswerSink): void {
    const document = this.document;
    const delta = document.find(root, DELTA);
    const type = document.find(delta, TYPE);
    if (document.equals(type, TEXT_DELTA)) {
      const text = document.find(delta, TEXT);
      this.tellText(text, sink);
      repeatable.note(Telling.Text, 0, 0, document.textPointer(text), document.textLength(text));
      return;
    }
    if (document.equals(type, THINKING_DELTA)) {
      const thinking = document.find(delta, THINKING);
      this.tellReasoning(thinking, sink);
      repeatable.note(Telling.Reasoning, 0, 0, document.textPointer(thinking), document.textLength(thinking));
      return;
    }
    const block = this.blocks.find(document.integer(document.find(root, INDEX), -1));
    if (block === null) return;
    if (document.equals(type, INPUT_JSON_DELTA)) this.tellInput(block, document.find(delta, PARTIAL_JSON), sink);
    else if (document.equals(type, SIGNATURE_DELTA)) this.carrySignature(block, document.find(delta, SIGNATURE), sink);
  }

  private tellText(node: i32, sink: AnswerSink): void {
    const length = this.document.textLength(node);
    if (length == 0) return;
    this.ensureStarted(sink);
    sink.text(0, this.document.textPointer(node), length);
  }

  private tellReasoning(node: i32, sink: AnswerSink): void {
    const length = this.document.textLength(node);
    if (length == 0) return;
    this.ensureStarted(sink);
    sink.reasoning(0, this.document.textPointer(node), length);
  }

  private carrySignature(block: OpenBlock, node: i32, sink: AnswerSink): void {
    if (block.kind != BlockKind.Reasoning || !this.hasRoom(node, sink)) return;
    block.carried.bytes(this.document.textPointer(node), this.document.textLength(node));
  }

  private tellInput(block: OpenBlock, node: i32, sink: AnswerSink): void {
    const length = this.document.textLength(node);
    if (length == 0) return;
    block.hasArguments = true;
    const pointer = this.document.textPointer(node);
    if (block.kind == BlockKind.ToolCall) {
      sink.toolArguments(0, block.tool, pointer, length);
      repeatable.note(Telling.ToolArguments, 0, block.tool, pointer, length);
    } else if (block.kind == BlockKind.Format) {
      sink.text(0, pointer, length);
      repeatable.note(Telling.Text, 0, 0, pointer, length);
    }
  }

  private stopBlock(root: i32, sink: AnswerSink): void {
    const block = this.blocks.find(this.document.integer(this.document.find(root, INDEX), -1));
    if (block === null) return;
    const carried = block.carried;
    if (block.kind == BlockKind.Reasoning) sink.reasoningSignature(0, carried.pointer, carried.length);
    // Arguments must parse, so a call without any gets the input of its start, which is `{}` unless the server said more.
    else if (block.kind == BlockKind.ToolCall && !block.hasArguments) {
      sink.toolArguments(0, block.tool, carried.pointer, carried.length);
    } else if (block.kind == BlockKind.Format && !block.hasArguments) {
      sink.text(0, carried.pointer, carried.length);
    }
    this.blocks.remove(block);
  }
}
