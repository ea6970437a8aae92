import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { AnswerSink, FinishReason } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { JSON_TOOL_NAME } from "../shared/format-tool";
import { escapeInput, unwrapFinish } from "../shared/tool-input";
import { ToolNames } from "../shared/tool-names";
import { mapStopReason } from "./stop-reason";
import { readUsage } from "./usage";

const OUTPUT = new JsonKey("output");
const MESSAGE = new JsonKey("message");
const CONTENT = new JsonKey("content");
const STOP_REASON = new JsonKey("stopReason");
const USAGE = new JsonKey("usage");
const TEXT = new JsonKey("text");
const TOOL_USE = new JsonKey("toolUse");
const TOOL_USE_ID = new JsonKey("toolUseId");
const NAME = new JsonKey("name");
const INPUT = new JsonKey("input");
const REASONING_CONTENT = new JsonKey("reasoningContent");
const REASONING_TEXT = new JsonKey("reasoningText");
const SIGNATURE = new JsonKey("signature");
const REDACTED = new JsonKey("redactedContent");
const CITATIONS = new JsonKey("citationsContent");
const IMAGE = new JsonKey("image");
const FORMAT = new JsonKey("format");
const SOURCE = new JsonKey("source");
const BYTES = new JsonKey("bytes");
const JPEG = new JsonKey("jpeg");
const JPEG_TYPE = encodeText("image/jpeg");
const PNG_TYPE = encodeText("image/png");

/** Tells that a tool call begins, under the name that the client gave the tool. */
export function beginToolCall(
  document: JsonDocument,
  toolUse: i32,
  tool: i32,
  names: ToolNames,
  sink: AnswerSink,
): void {
  const id = document.find(toolUse, TOOL_USE_ID);
  const name = document.find(toolUse, NAME);
  let pointer = document.textPointer(name);
  let length = document.textLength(name);
  const original = names.restore(pointer, length);
  if (original !== null) {
    pointer = changetype<usize>(original);
    length = original.length;
  }
  sink.toolCall(0, tool, document.textPointer(id), document.textLength(id), pointer, length);
}

/** Tells an image, or a part of one: a block with `format` and `source.bytes`. */
export function tellImage(document: JsonDocument, image: i32, sink: AnswerSink): void {
  const data = document.find(document.find(image, SOURCE), BYTES);
  const length = document.textLength(data);
  if (length == 0) return;
  const type = document.equals(document.find(image, FORMAT), JPEG) ? JPEG_TYPE : PNG_TYPE;
  sink.image(0, changetype<usize>(type), type.length, document.textPointer(data), length);
}

/** Reads the content blocks of a unary answer. */
class BlockReader {
  toolCalls: i32 = 0;
  usedFormatTool: bool = false;
  private scratch: ByteBuffer = new ByteBuffer();

  constructor(
    private document: JsonDocument,
    private names: ToolNames,
    private unwrapsFormat: bool,
    private sink: AnswerSink,
  ) {}

  read(block: i32): void {
    const document = this.document;
    this.tellText(document.find(block, TEXT));
    this.readToolUse(document.find(block, TOOL_USE));
    this.readReasoning(document.find(block, REASONING_CONTENT));
    const cited = document.find(document.find(block, CITATIONS), CONTENT);
    for (let part = document.first(cited); part >= 0; part = document.nextElement(part)) {
      this.tellText(document.find(part, TEXT));
    }
    tellImage(document, document.find(block, IMAGE), this.sink);
  }

  free(): void {
    this.scratch.free();
  }

  private tellText(text: i32): void {
    const length = this.document.textLength(text);
    if (length > 0) this.sink.text(0, this.document.textPointer(text), length);
  }

  private readReasoning(block: i32): void {
    const document = this.document;
    if (!document.isObject(block)) return;
    const redacted = document.find(block, REDACTED);
    if (document.textLength(redacted) > 0) {
      this.sink.redactedReasoning(0, document.textPointer(redacted), document.textLength(redacted));
    }
    const reasoning = document.find(block, REASONING_TEXT);
    if (!document.isObject(reasoning)) return;
    const text = document.find(reasoning, TEXT);
    const signature = document.find(reasoning, SIGNATURE);
    const length = document.textLength(text);
    if (length > 0) this.sink.reasoning(0, document.textPointer(text), length);
    this.sink.reasoningSignature(0, document.textPointer(signature), document.textLength(signature));
  }

  private readToolUse(toolUse: i32): void {
    const document = this.document;
    if (!document.isObject(toolUse)) return;
    this.scratch.length = 0;
    escapeInput(document, document.find(toolUse, INPUT), this.scratch);
    if (this.unwrapsFormat && document.equals(document.find(toolUse, NAME), JSON_TOOL_NAME)) {
      this.usedFormatTool = true;
      this.sink.text(0, this.scratch.pointer, this.scratch.length);
      return;
    }
    const tool = this.toolCalls;
    this.toolCalls += 1;
    beginToolCall(document, toolUse, tool, this.names, this.sink);
    this.sink.toolArguments(0, tool, this.scratch.pointer, this.scratch.length);
  }
}

/**
 * Tells a unary answer to the sink. An answer with a stop reason but without output is what a guardrail may leave of it.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (response)
 */
export function readConverse(document: JsonDocument, names: ToolNames, unwrapsFormat: bool, sink: AnswerSink): void {
  const root = document.root();
  const message = document.find(document.find(root, OUTPUT), MESSAGE);
  const stopReason = document.find(root, STOP_REASON);
  if (!document.isObject(message) && !document.isString(stopReason)) {
    sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not a Converse answer.");
    return;
  }
  sink.start(0, 0, 0, 0, 0);
  const blocks = new BlockReader(document, names, unwrapsFormat, sink);
  const content = document.find(message, CONTENT);
  for (let block = document.first(content); block >= 0; block = document.nextElement(block)) {
    if (document.isObject(block)) blocks.read(block);
  }
  const reason = mapStopReason(document, stopReason);
  const finish = unwrapFinish(reason, blocks.usedFormatTool, blocks.toolCalls);
  blocks.free();
  sink.finish(0, document.isObject(message) ? finish : FinishReason.ContentFilter);
  readUsage(document, document.find(root, USAGE), sink.usage);
  sink.done();
}
