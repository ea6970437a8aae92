import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink, MAX_TOOL_CALLS } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";
import { ThinkTags } from "../shared/think-tags";
import { escapeInput } from "../shared/tool-input";
import { writeRaw } from "../shared/values";
import { mapDoneReason } from "./stop-reason";
import { readUsage } from "./usage";

const MODEL = new JsonKey("model");
const MESSAGE = new JsonKey("message");
const CONTENT = new JsonKey("content");
const THINKING = new JsonKey("thinking");
const TOOL_CALLS = new JsonKey("tool_calls");
const FUNCTION = new JsonKey("function");
const ID = new JsonKey("id");
const NAME = new JsonKey("name");
const ARGUMENTS = new JsonKey("arguments");
const LOGPROBS = new JsonKey("logprobs");
const TOP_LOGPROBS = new JsonKey("top_logprobs");
const TOKEN = new JsonKey("token");
const LOGPROB = new JsonKey("logprob");
const BYTES = new JsonKey("bytes");
const DONE_REASON = new JsonKey("done_reason");

/** Tells the objects of one answer to a sink: the lines of a stream, or the one object of a whole answer. */
export class MessageTeller {
  private tags: ThinkTags = new ThinkTags();
  private scratch: ByteBuffer = new ByteBuffer();
  private toolCalls: i32 = 0;
  private hasStarted: bool = false;

  constructor(private document: JsonDocument) {}

  free(): void {
    this.tags.free();
    this.scratch.free();
  }

  /** Tells what one object says. */
  tell(root: i32, sink: AnswerSink): void {
    const document = this.document;
    if (!this.hasStarted) {
      this.hasStarted = true;
      const model = document.find(root, MODEL);
      sink.start(0, 0, document.textPointer(model), document.textLength(model), 0);
    }
    const message = document.find(root, MESSAGE);
    const thinking = document.find(message, THINKING);
    if (document.textLength(thinking) > 0) {
      this.tags.expectNone();
      sink.reasoning(0, document.textPointer(thinking), document.textLength(thinking));
    }
    const content = document.find(message, CONTENT);
    this.tags.add(document.textPointer(content), document.textLength(content), sink);
    this.tellLogprobs(document.find(root, LOGPROBS), sink);
    const calls = document.find(message, TOOL_CALLS);
    if (!document.isArray(calls)) return;
    for (let call = document.first(calls); call >= 0; call = document.nextElement(call)) this.tellToolCall(call, sink);
  }

  /** The object says that the answer is complete. */
  finish(root: i32, sink: AnswerSink): void {
    this.tags.end(sink);
    readUsage(this.document, root, sink.usage);
    sink.finish(0, mapDoneReason(this.document, this.document.find(root, DONE_REASON), this.toolCalls));
    sink.done();
  }

  /** Calls come whole, and older servers give them no id. */
  private tellToolCall(call: i32, sink: AnswerSink): void {
    const document = this.document;
    const called = document.find(call, FUNCTION);
    const name = document.find(called, NAME);
    const tool = this.toolCalls;
    if (!document.isObject(called) || tool >= MAX_TOOL_CALLS) return;
    this.toolCalls += 1;
    const scratch = this.scratch;
    scratch.length = 0;
    const id = document.find(call, ID);
    if (document.textLength(id) > 0) scratch.bytes(document.textPointer(id), document.textLength(id));
    else {
      scratch.ascii("call_");
      scratch.decimal(tool);
    }
    sink.toolCall(0, tool, scratch.pointer, scratch.length, document.textPointer(name), document.textLength(name));
    scratch.length = 0;
    const input = document.find(called, ARGUMENTS);
    if (document.textLength(input) > 0) scratch.bytes(document.textPointer(input), document.textLength(input));
    else escapeInput(document, input, scratch);
    sink.toolArguments(0, tool, scratch.pointer, scratch.length);
  }

  private tellLogprobs(list: i32, sink: AnswerSink): void {
    const document = this.document;
    if (!document.isArray(list)) return;
    for (let item = document.first(list); item >= 0; item = document.nextElement(item)) {
      if (!document.isNumber(document.find(item, LOGPROB))) continue;
      const scratch = this.scratch;
      scratch.length = 0;
      this.writeToken(item);
      scratch.ascii(',"top_logprobs":[');
      const start = scratch.length;
      const others = document.find(item, TOP_LOGPROBS);
      for (let other = document.first(others); other >= 0; other = document.nextElement(other)) {
        if (!document.isNumber(document.find(other, LOGPROB))) continue;
        if (scratch.length > start) scratch.byte(0x2c);
        this.writeToken(other);
        scratch.byte(0x7d);
      }
      scratch.ascii("]}");
      sink.logprobs(0, scratch.pointer, scratch.length);
    }
  }

  /** Writes a token in OpenAI's form, without its closing brace. */
  private writeToken(item: i32): void {
    const document = this.document;
    const scratch = this.scratch;
    const token = document.find(item, TOKEN);
    const bytes = document.find(item, BYTES);
    scratch.ascii('{"token":"');
    scratch.bytes(document.textPointer(token), document.textLength(token));
    scratch.ascii('","logprob":');
    writeRaw(document, document.find(item, LOGPROB), scratch);
    scratch.ascii(',"bytes":');
    if (document.isArray(bytes)) writeRaw(document, bytes, scratch);
    else scratch.ascii("null");
  }
}
