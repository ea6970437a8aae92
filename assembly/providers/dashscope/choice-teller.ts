import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { JsonDocument, JsonKey } from "../../json/document";
import { ToolNumbers } from "../shared/tool-numbers";
import { tellSources } from "./citations";
import { CumulativeText } from "./cumulative";
import { ReasoningMode, ReasoningTeller } from "./reasoning-mode";
import { hasFinished, mapFinishReason } from "./stop-reason";
import { readUsage } from "./usage";

const REQUEST_ID = new JsonKey("request_id");
const OUTPUT = new JsonKey("output");
const CHOICES = new JsonKey("choices");
const MESSAGE = new JsonKey("message");
const CONTENT = new JsonKey("content");
const TEXT = new JsonKey("text");
const REASONING_CONTENT = new JsonKey("reasoning_content");
const TOOL_CALLS = new JsonKey("tool_calls");
const FUNCTION = new JsonKey("function");
const INDEX = new JsonKey("index");
const ID = new JsonKey("id");
const NAME = new JsonKey("name");
const ARGUMENTS = new JsonKey("arguments");
const LOGPROBS = new JsonKey("logprobs");
const FINISH_REASON = new JsonKey("finish_reason");
const USAGE = new JsonKey("usage");

/** Tells the objects of one answer to a sink: the events of a stream, or the one object of a whole answer. */
export class ChoiceTeller {
  private reasons: ReasoningTeller;
  private text: CumulativeText = new CumulativeText();
  private thoughts: CumulativeText = new CumulativeText();
  private tools: ToolNumbers = new ToolNumbers();
  /** Arguments by the number of the call. */
  private inputs: CumulativeText[] = [];
  private scratch: ByteBuffer = new ByteBuffer();
  private hasStarted: bool = false;
  private hasSources: bool = false;
  /** Log probabilities told so far. */
  private tokens: i32 = 0;

  /** isCumulative: whether each object brings all so far. */
  constructor(
    private document: JsonDocument,
    private isCumulative: bool,
    mode: ReasoningMode,
  ) {
    this.reasons = new ReasoningTeller(mode);
  }

  free(): void {
    this.text.free();
    this.thoughts.free();
    this.scratch.free();
    for (let tool = 0; tool < this.inputs.length; tool++) unchecked(this.inputs[tool]).free();
    this.inputs = [];
  }

  /** Tells what one object says; true when it holds an output. The answer may have ended afterwards. */
  tell(root: i32, sink: AnswerSink): bool {
    const document = this.document;
    const output = document.find(root, OUTPUT);
    if (!document.isObject(output)) return false;
    if (!this.hasStarted) {
      this.hasStarted = true;
      const id = document.find(root, REQUEST_ID);
      sink.start(document.textPointer(id), document.textLength(id), 0, 0, 0);
    }
    readUsage(document, document.find(root, USAGE), sink.usage);
    // Further events may repeat them, or say that there are none.
    if (!this.hasSources) this.hasSources = tellSources(document, output, this.scratch, sink);
    // Without choices the output itself holds text and finish reason: https://www.alibabacloud.com/help/en/model-studio/error-code
    const first = document.first(document.find(output, CHOICES));
    const choice = document.isObject(first) ? first : output;
    this.tellMessage(document.isObject(first) ? document.find(first, MESSAGE) : output, sink);
    this.tellLogprobs(document.find(document.find(choice, LOGPROBS), CONTENT), sink);
    const reason = document.find(choice, FINISH_REASON);
    if (this.text.isTooLarge || this.thoughts.isTooLarge) {
      sink.failWith(FailureReason.StreamError, 502, "The provider sent a text that is too large.");
    } else if (hasFinished(document, reason)) {
      this.reasons.close(sink);
      sink.finish(0, mapFinishReason(document, reason, this.tools.count()));
      sink.done();
    }
    return true;
  }

  private tellMessage(message: i32, sink: AnswerSink): void {
    const document = this.document;
    const thought = document.find(message, REASONING_CONTENT);
    const known = this.skip(this.thoughts, thought);
    this.reasons.reasoning(document.textPointer(thought) + known, document.textLength(thought) - known, sink);
    this.tellContent(message, sink);
    let position = 0;
    const calls = document.find(message, TOOL_CALLS);
    if (!document.isArray(calls)) return;
    for (let call = document.first(calls); call >= 0; call = document.nextElement(call)) {
      this.tellToolCall(call, position, sink);
      position += 1;
    }
  }

  /** The content is a text, or a list of texts. */
  private tellContent(message: i32, sink: AnswerSink): void {
    const document = this.document;
    let content = document.find(message, CONTENT);
    if (!document.isPresent(content)) content = document.find(message, TEXT);
    if (!document.isArray(content)) {
      this.tellText(document.textPointer(content), document.textLength(content), sink);
      return;
    }
    // The list is one text that grows, whatever its parts are.
    const scratch = this.scratch;
    scratch.length = 0;
    for (let part = document.first(content); part >= 0; part = document.nextElement(part)) {
      const text = document.find(part, TEXT);
      scratch.bytes(document.textPointer(text), document.textLength(text));
    }
    this.tellText(scratch.pointer, scratch.length, sink);
  }

  private tellText(pointer: usize, length: i32, sink: AnswerSink): void {
    const known = this.isCumulative ? this.text.take(pointer, length) : 0;
    this.reasons.text(pointer + known, length - known, sink);
  }

  private skip(text: CumulativeText, node: i32): i32 {
    return this.isCumulative ? text.take(this.document.textPointer(node), this.document.textLength(node)) : 0;
  }

  private tellToolCall(call: i32, position: i32, sink: AnswerSink): void {
    const document = this.document;
    const called = document.find(call, FUNCTION);
    const index = document.integer(document.find(call, INDEX), position);
    let tool = this.tools.find(index);
    if (tool < 0) {
      const name = document.find(called, NAME);
      // A call without a name yet may get one with the next event.
      if (document.textLength(name) == 0) return;
      tool = this.tools.begin(index);
      if (tool < 0) return;
      this.inputs.push(new CumulativeText());
      this.reasons.close(sink);
      this.beginTool(document.find(call, ID), name, tool, sink);
    }
    if (tool >= this.inputs.length) return;
    const text = unchecked(this.inputs[tool]);
    const input = document.find(called, ARGUMENTS);
    const known = this.skip(text, input);
    sink.toolArguments(0, tool, document.textPointer(input) + known, document.textLength(input) - known);
    if (text.isTooLarge) this.text.isTooLarge = true;
  }

  /** Some models give their calls an empty id. */
  private beginTool(id: i32, name: i32, tool: i32, sink: AnswerSink): void {
    const document = this.document;
    const scratch = this.scratch;
    scratch.length = 0;
    if (document.textLength(id) > 0) scratch.bytes(document.textPointer(id), document.textLength(id));
    else {
      scratch.ascii("call_");
      scratch.decimal(tool);
    }
    sink.toolCall(0, tool, scratch.pointer, scratch.length, document.textPointer(name), document.textLength(name));
  }

  /** The vendor's form is OpenAI's. */
  private tellLogprobs(list: i32, sink: AnswerSink): void {
    const document = this.document;
    if (!document.isArray(list)) return;
    let position = 0;
    for (let item = document.first(list); item >= 0; item = document.nextElement(item)) {
      position += 1;
      if (!document.isObject(item) || (this.isCumulative && position <= this.tokens)) continue;
      sink.logprobs(0, document.rawPointer(item), document.rawLength(item));
    }
    this.tokens = max(this.tokens, position);
  }
}
