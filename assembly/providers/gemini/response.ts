import { ByteBuffer } from "../../bytes/buffer";
import { hexDigit } from "../../bytes/hex";
import { AnswerSink, FinishReason, MAX_ANSWER_CHOICES } from "../../canonical/answer";
import { FailureReason } from "../../canonical/failure";
import { Notice, Notices } from "../../canonical/notices";
import { repeatable, Telling } from "../../canonical/repeatable";
import { JsonDocument, JsonKey } from "../../json/document";
import { escapeInto } from "../../json/write";
import { JSON_TOOL_NAME } from "../shared/format-tool";
import { writeThoughtMark } from "../../canonical/thought-ids";
import { hash64 } from "../../bytes/hash";
import { readEnvelope } from "./errors";
import { hasMetadata, tellCitations, tellLogprobs } from "./metadata";
import { FormatForm, RequestPlan } from "./plan";
import { isMalformed, mapFinishReason } from "./stop-reason";
import { readUsage } from "./usage";

const CANDIDATES = new JsonKey("candidates");
const INDEX = new JsonKey("index");
const CONTENT = new JsonKey("content");
const PARTS = new JsonKey("parts");
const TEXT = new JsonKey("text");
const THOUGHT = new JsonKey("thought");
const SIGNATURE = new JsonKey("thoughtSignature");
const INLINE_DATA = new JsonKey("inlineData");
const MIME_TYPE = new JsonKey("mimeType");
const DATA = new JsonKey("data");
const FUNCTION_CALL = new JsonKey("functionCall");
const ID = new JsonKey("id");
const NAME = new JsonKey("name");
const ARGS = new JsonKey("args");
const EXECUTABLE_CODE = new JsonKey("executableCode");
const CODE = new JsonKey("code");
const CODE_RESULT = new JsonKey("codeExecutionResult");
const OUTPUT = new JsonKey("output");
const FINISH_REASON = new JsonKey("finishReason");
const PROMPT_FEEDBACK = new JsonKey("promptFeedback");
const BLOCK_REASON = new JsonKey("blockReason");
const USAGE = new JsonKey("usageMetadata");
const RESPONSE_ID = new JsonKey("responseId");
const MODEL_VERSION = new JsonKey("modelVersion");
const ERROR = new JsonKey("error");

/** Longest id of an answer that goes into the ids of its calls; vendors limit those. */
const MOST_ID_BYTES: i32 = 32;
/** "imag" as a little-endian word. */
const WORD_IMAGE: u32 = 0x67616d69;

/** What has been told of one candidate. */
class Candidate {
  toolCalls: i32 = 0;
  usedFormatTool: bool = false;
  hasFinished: bool = false;
  finish: FinishReason = FinishReason.Stop;

  constructor(public index: i32) {}
}

/**
 * Reads answers: one whole, or the events of a stream, each of which has the form of a whole one with the next pieces. A finish is told
 * at the end only, because some models say STOP in every event, and others call functions before they say it (checklist item 94).
 * Source: https://ai.google.dev/api/generate-content#generatecontentresponse
 */
export class ResponseReader {
  private candidates: Candidate[] = [];
  private hasStarted: bool = false;
  private calls: i32 = 0;
  private scratch: ByteBuffer = new ByteBuffer();

  constructor(
    private plan: RequestPlan,
    private notices: Notices,
  ) {}

  free(): void {
    this.scratch.free();
  }

  /** Reads one answer or event; what is no answer ends it as failed. */
  read(document: JsonDocument, root: i32, sink: AnswerSink): void {
    if (sink.isDone || sink.hasFailed) return;
    if (!document.isObject(root) || document.isObject(document.find(root, ERROR))) {
      if (readEnvelope(document, 0, sink.failure)) sink.fail();
      else sink.failWith(FailureReason.StreamError, 502, "The provider's answer is not in its protocol's form.");
      return;
    }
    this.start(document, root, sink);
    readUsage(document, document.find(root, USAGE), sink.usage);
    const candidates = document.find(root, CANDIDATES);
    let position = 0;
    for (let node = document.first(candidates); node >= 0; node = document.nextElement(node)) {
      const candidate = this.candidate(document.integer(document.find(node, INDEX), position));
      position += 1;
      if (candidate !== null) this.readCandidate(document, node, candidate, sink);
    }
    if (position == 0) this.readFeedback(document, root);
    else if (position == 1) this.noteRepeatable(document, document.first(candidates));
  }

  /** An event with one piece of text, and nothing beside it that is told. */
  private noteRepeatable(document: JsonDocument, candidate: i32): void {
    if (document.findKey(candidate, FINISH_REASON) >= 0 || hasMetadata(document, candidate)) return;
    const part = document.first(document.find(document.find(candidate, CONTENT), PARTS));
    if (part < 0 || document.nextElement(part) >= 0) return;
    const index = document.integer(document.find(candidate, INDEX));
    if (index < 0 || index >= MAX_ANSWER_CHOICES) return;
    const text = document.find(part, TEXT);
    const telling = document.boolean(document.find(part, THOUGHT)) ? Telling.Reasoning : Telling.Text;
    repeatable.note(telling, index as i32, 0, document.textPointer(text), document.textLength(text));
  }

  /** The provider has said everything: tells the finishes. False, and nothing told, when the answer is not complete. */
  finish(sink: AnswerSink): bool {
    const candidates = this.candidates;
    if (candidates.length == 0) return false;
    for (let position = 0; position < candidates.length; position++) {
      if (!unchecked(candidates[position]).hasFinished) return false;
    }
    for (let position = 0; position < candidates.length; position++) {
      const candidate = unchecked(candidates[position]);
      const called = candidate.toolCalls > 0 && candidate.finish == FinishReason.Stop;
      sink.finish(candidate.index, called ? FinishReason.ToolCalls : candidate.finish);
    }
    sink.done();
    return true;
  }

  /** Whether anything that a client would call an answer has come. */
  hasCandidates(): bool {
    return this.candidates.length > 0;
  }

  /** Takes candidates without a finish for finished: a whole answer has no more to say. */
  finishAll(): void {
    for (let position = 0; position < this.candidates.length; position++) {
      unchecked(this.candidates[position]).hasFinished = true;
    }
  }

  private start(document: JsonDocument, root: i32, sink: AnswerSink): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    const id = document.find(root, RESPONSE_ID);
    const model = document.find(root, MODEL_VERSION);
    sink.start(
      document.textPointer(id),
      document.textLength(id),
      document.textPointer(model),
      document.textLength(model),
      0,
    );
  }

  private candidate(index: i64): Candidate | null {
    for (let position = 0; position < this.candidates.length; position++) {
      const candidate = unchecked(this.candidates[position]);
      if ((candidate.index as i64) == index) return candidate;
    }
    if (index < 0 || index >= MAX_ANSWER_CHOICES) return null;
    const candidate = new Candidate(index as i32);
    this.candidates.push(candidate);
    return candidate;
  }

  /** A prompt that was blocked gives no candidates: an answer without content that a filter ended (checklist item 95). */
  private readFeedback(document: JsonDocument, root: i32): void {
    if (!document.isString(document.find(document.find(root, PROMPT_FEEDBACK), BLOCK_REASON))) return;
    const candidate = this.candidate(0);
    if (candidate === null) return;
    candidate.hasFinished = true;
    candidate.finish = FinishReason.ContentFilter;
  }

  private readCandidate(document: JsonDocument, node: i32, candidate: Candidate, sink: AnswerSink): void {
    const parts = document.find(document.find(node, CONTENT), PARTS);
    for (let part = document.first(parts); part >= 0; part = document.nextElement(part)) {
      this.readPart(document, part, candidate, sink);
    }
    tellLogprobs(document, node, candidate.index, this.scratch, sink);
    tellCitations(document, node, candidate.index, this.scratch, sink);
    const reason = document.find(node, FINISH_REASON);
    if (!document.isString(reason)) return;
    candidate.hasFinished = true;
    candidate.finish = mapFinishReason(document, reason);
    if (isMalformed(document, reason)) this.notices.note(Notice.MalformedCall);
  }

  private readPart(document: JsonDocument, part: i32, candidate: Candidate, sink: AnswerSink): void {
    const text = document.find(part, TEXT);
    if (text >= 0) {
      const pointer = document.textPointer(text);
      const length = document.textLength(text);
      if (length == 0) return;
      if (document.boolean(document.find(part, THOUGHT))) sink.reasoning(candidate.index, pointer, length);
      else sink.text(candidate.index, pointer, length);
      return;
    }
    const call = document.find(part, FUNCTION_CALL);
    if (call >= 0) {
      this.readCall(document, part, call, candidate, sink);
      return;
    }
    const data = document.find(part, INLINE_DATA);
    if (data >= 0) this.readImage(document, data, candidate.index, sink);
    else this.readCode(document, part, candidate.index, sink);
  }

  private readCall(document: JsonDocument, part: i32, call: i32, candidate: Candidate, sink: AnswerSink): void {
    const name = document.find(call, NAME);
    const args = document.find(call, ARGS);
    const scratch = this.scratch;
    if (this.plan.format == FormatForm.Tool && document.equals(name, JSON_TOOL_NAME)) {
      candidate.usedFormatTool = true;
      scratch.length = 0;
      writeArgs(document, args, scratch);
      sink.text(candidate.index, scratch.pointer, scratch.length);
      return;
    }
    scratch.length = 0;
    this.writeId(document, call);
    const signature = document.find(part, SIGNATURE);
    const length = document.textLength(signature);
    if (length > 0) {
      writeThoughtMark(scratch);
      scratch.bytes(document.textPointer(signature), length);
    }
    const tool = candidate.toolCalls;
    candidate.toolCalls += 1;
    let namePointer = document.textPointer(name);
    let nameLength = document.textLength(name);
    const original = this.plan.names.restore(namePointer, nameLength);
    if (original !== null) {
      namePointer = changetype<usize>(original);
      nameLength = original.length;
    }
    sink.toolCall(candidate.index, tool, scratch.pointer, scratch.length, namePointer, nameLength);
    scratch.length = 0;
    writeArgs(document, args, scratch);
    sink.toolArguments(candidate.index, tool, scratch.pointer, scratch.length);
  }

  /** The call's own id, else one made of the answer's id, else of its bytes: ids of one conversation must differ. */
  private writeId(document: JsonDocument, call: i32): void {
    const scratch = this.scratch;
    const number = this.calls;
    this.calls += 1;
    const id = document.find(call, ID);
    if (document.textLength(id) > 0) {
      scratch.bytes(document.textPointer(id), document.textLength(id));
      return;
    }
    scratch.ascii("call_");
    const answer = document.find(document.root(), RESPONSE_ID);
    const length = document.textLength(answer);
    if (length > 0 && length <= MOST_ID_BYTES && !document.hasEscapes(answer)) {
      scratch.bytes(document.textPointer(answer), length);
    } else {
      const hash = hash64(document.base, document.length);
      for (let shift = 60; shift >= 0; shift -= 4) scratch.byte(hexDigit(((hash >> shift) & 15) as u8));
    }
    scratch.byte(0x5f);
    scratch.decimal(number);
  }

  private readImage(document: JsonDocument, blob: i32, choice: i32, sink: AnswerSink): void {
    const type = document.find(blob, MIME_TYPE);
    const data = document.find(blob, DATA);
    const length = document.textLength(type);
    const pointer = document.textPointer(type);
    // OpenAI's answers have a place for images only.
    if (length < 6 || load<u32>(pointer) != WORD_IMAGE) return;
    sink.image(choice, pointer, length, document.textPointer(data), document.textLength(data));
  }

  /** Code that the model ran at Google, and what came of it, as a reader of text would want to see them. */
  private readCode(document: JsonDocument, part: i32, choice: i32, sink: AnswerSink): void {
    let text = document.find(document.find(part, EXECUTABLE_CODE), CODE);
    if (text < 0) text = document.find(document.find(part, CODE_RESULT), OUTPUT);
    const length = document.textLength(text);
    if (length == 0) return;
    const scratch = this.scratch;
    scratch.length = 0;
    scratch.ascii("\\n```\\n");
    scratch.bytes(document.textPointer(text), length);
    scratch.ascii("\\n```\\n");
    sink.text(choice, scratch.pointer, scratch.length);
  }
}

/** Appends arguments, an object, as the inside of a JSON string; no object gives the empty object. */
function writeArgs(document: JsonDocument, args: i32, out: ByteBuffer): void {
  if (document.isObject(args)) escapeInto(document.rawPointer(args), document.rawLength(args), out);
  else out.ascii("{}");
}

/** Tells a unary answer to the sink. A list is a stream that was not framed as events (`alt=sse` ignored): all of its answers together. */
export function readResponse(document: JsonDocument, plan: RequestPlan, notices: Notices, sink: AnswerSink): void {
  const reader = new ResponseReader(plan, notices);
  const root = document.root();
  const isList = document.isArray(root);
  if (isList) {
    for (let node = document.first(root); node >= 0; node = document.nextElement(node)) {
      reader.read(document, node, sink);
    }
  } else {
    reader.read(document, root, sink);
    reader.finishAll();
  }
  if (!reader.finish(sink)) {
    const message = reader.hasCandidates()
      ? "The provider's answer is not complete."
      : "The provider's answer holds no candidates.";
    sink.failWith(FailureReason.StreamError, 502, message);
  }
  reader.free();
}
