import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { readEnvelope } from "./errors";
import { JSON_TOOL_NAME } from "../shared/format-tool";
import { escapeInput, unwrapFinish } from "../shared/tool-input";
import { mapStopReason } from "./stop-reason";
import { UsageReader } from "./usage";

const TYPE = new JsonKey("type");
const ERROR = new JsonKey("error");
const CONTENT = new JsonKey("content");
const ID = new JsonKey("id");
const MODEL = new JsonKey("model");
const USAGE = new JsonKey("usage");
const STOP_REASON = new JsonKey("stop_reason");
const TEXT = new JsonKey("text");
const THINKING = new JsonKey("thinking");
const SIGNATURE = new JsonKey("signature");
const REDACTED_THINKING = new JsonKey("redacted_thinking");
const DATA = new JsonKey("data");
const TOOL_USE = new JsonKey("tool_use");
const NAME = new JsonKey("name");
const INPUT = new JsonKey("input");

/** Says that a message begins: its id and model. */
export function startMessage(document: JsonDocument, message: i32, sink: AnswerSink): void {
  const id = document.find(message, ID);
  const model = document.find(message, MODEL);
  sink.start(
    document.textPointer(id),
    document.textLength(id),
    document.textPointer(model),
    document.textLength(model),
    0,
  );
}

/** Of the tool that is read now. */
const input = new ByteBuffer();

/** Reads the blocks of a unary answer. */
class BlockReader {
  toolCalls: i32 = 0;
  usedFormatTool: bool = false;

  constructor(
    private document: JsonDocument,
    private unwrapsFormat: bool,
    private sink: AnswerSink,
  ) {}

  read(block: i32): void {
    const document = this.document;
    const type = document.find(block, TYPE);
    if (document.equals(type, TEXT)) this.readText(document.find(block, TEXT));
    else if (document.equals(type, THINKING)) this.readThinking(block);
    else if (document.equals(type, TOOL_USE)) this.readToolUse(block);
    else if (document.equals(type, REDACTED_THINKING)) {
      const data = document.find(block, DATA);
      this.sink.redactedReasoning(0, document.textPointer(data), document.textLength(data));
    }
  }

  private readText(text: i32): void {
    const length = this.document.textLength(text);
    if (length > 0) this.sink.text(0, this.document.textPointer(text), length);
  }

  private readThinking(block: i32): void {
    const document = this.document;
    const thinking = document.find(block, THINKING);
    const signature = document.find(block, SIGNATURE);
    const length = document.textLength(thinking);
    if (length > 0) this.sink.reasoning(0, document.textPointer(thinking), length);
    this.sink.reasoningSignature(0, document.textPointer(signature), document.textLength(signature));
  }

  private readToolUse(block: i32): void {
    const document = this.document;
    const name = document.find(block, NAME);
    escapeInput(document, document.find(block, INPUT), input);
    if (this.unwrapsFormat && document.equals(name, JSON_TOOL_NAME)) {
      this.usedFormatTool = true;
      this.sink.text(0, input.pointer, input.length);
      input.free();
      return;
    }
    const id = document.find(block, ID);
    const tool = this.toolCalls;
    this.toolCalls += 1;
    this.sink.toolCall(
      0,
      tool,
      document.textPointer(id),
      document.textLength(id),
      document.textPointer(name),
      document.textLength(name),
    );
    this.sink.toolArguments(0, tool, input.pointer, input.length);
    input.free();
  }
}

/**
 * Tells a unary answer to the sink. Blocks of the vendor's own tools (`server_tool_use`, `web_search_tool_result`, ...) and
 * unknown ones are not shown. Source: https://platform.claude.com/docs/en/api/messages/create (response)
 */
export function readMessage(document: JsonDocument, unwrapsFormat: bool, sink: AnswerSink): void {
  const root = document.root();
  const content = document.find(root, CONTENT);
  if (document.equals(document.find(root, TYPE), ERROR) || !document.isArray(content)) {
    if (readEnvelope(document, 0, sink.failure)) sink.fail();
    else sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not a message.");
    return;
  }
  startMessage(document, root, sink);
  const blocks = new BlockReader(document, unwrapsFormat, sink);
  for (let block = document.first(content); block >= 0; block = document.nextElement(block)) blocks.read(block);
  const reason = mapStopReason(document, document.find(root, STOP_REASON));
  const finish = unwrapFinish(reason, blocks.usedFormatTool, blocks.toolCalls);
  sink.finish(0, finish);
  new UsageReader().read(document, document.find(root, USAGE), sink.usage);
  sink.done();
}
