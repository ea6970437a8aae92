import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument, JsonError } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { writeCallId } from "../shared/call-ids";
import { isBlank } from "../shared/text";
import { writeArguments, writeRaw } from "../shared/values";
import { CallTable, writeSignature } from "./calls";
import { MediaSource } from "./media";
import { ModelQuirks } from "./models";
import { RequestPlan } from "./plan";

/** A conversation begins and ends with the user; where the client's does not, a turn that says nothing stands there, as at LiteLLM. */
const EMPTY_TURN = '{"role":"user","parts":[{"text":" "}]}';
/**
 * The turn of the model between results and what the user says right behind them. Newer models refuse both in one content ("Requests
 * ending with a model turn are not supported", https://github.com/langchain-ai/langchainjs/pull/11477), others go on with the user's
 * words as if they were the result's; turns have to alternate, so Google's own client puts such a turn there too
 * (https://github.com/google-gemini/gemini-cli/pull/28700).
 */
const TURN_BEHIND_RESULTS = '{"role":"model","parts":[{"text":"OK."}]}';

/** Whether a part becomes part of a turn. Reasoning is not sent back: its signatures travel with the calls that it led to. */
export function isSpoken(document: JsonDocument, part: Part): bool {
  if (part.nested || part.role == Role.System) return false;
  switch (part.kind) {
    case PartKind.Text:
      return !isBlank(document.textPointer(part.value), document.textLength(part.value));
    case PartKind.Reasoning:
    case PartKind.RedactedReasoning:
      return false;
    default:
      return true;
  }
}

function writeText(document: JsonDocument, part: Part, out: ByteBuffer): void {
  out.ascii('{"text":');
  writeRaw(document, part.value, out);
  out.byte(0x7d);
}

/** Writes all system and developer texts as parts, in their order, wherever they stood in the conversation; false when there are none. */
function writeSystemParts(document: JsonDocument, parts: Part[], opening: string, out: ByteBuffer): bool {
  let found = false;
  for (let index = 0; index < parts.length; index++) {
    const part = unchecked(parts[index]);
    if (part.role != Role.System || part.kind != PartKind.Text) continue;
    if (isBlank(document.textPointer(part.value), document.textLength(part.value))) continue;
    out.ascii(found ? "," : opening);
    writeText(document, part, out);
    found = true;
  }
  return found;
}

/** Writes `,"systemInstruction":{...}` for models that know it. */
export function writeSystem(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  if (!plan.quirks.takesSystem) return;
  if (writeSystemParts(request.document, request.parts, ',"systemInstruction":{"parts":[', out)) out.ascii("]}");
}

/** Writes the turns of one conversation. Holds scratch memory: `free` it. */
class ContentWriter {
  private document: JsonDocument;
  private parts: Part[];
  private quirks: ModelQuirks;
  private calls: CallTable;
  /** The calls of the last turn of the model. */
  private openCalls: i32[] = [];
  private scratch: ByteBuffer = new ByteBuffer();
  private parsed: JsonDocument = new JsonDocument();
  private isFirstContent: bool = true;
  private isFirstPart: bool = true;

  constructor(
    request: CanonicalRequest,
    private plan: RequestPlan,
    private out: ByteBuffer,
  ) {
    this.quirks = plan.quirks;
    this.document = request.document;
    this.parts = request.parts;
    this.calls = new CallTable(request.document);
  }

  free(): void {
    this.calls.free();
    this.scratch.free();
    this.parsed.free();
  }

  /** Writes all turns: neighbours of one role are one turn, and parts that are not sent do not separate turns. */
  writeAll(): void {
    const parts = this.parts;
    let start = -1;
    let isModel = false;
    for (let index = 0; index < parts.length; index++) {
      const part = unchecked(parts[index]);
      if (!isSpoken(this.document, part)) continue;
      const isNext = part.role == Role.Assistant;
      if (start < 0) {
        if (isNext) this.writeBegin();
      } else if (isNext != isModel) {
        this.writeTurn(start, index, isModel);
      } else continue;
      start = index;
      isModel = isNext;
    }
    if (start >= 0) this.writeTurn(start, parts.length, isModel);
    if (isModel) this.writeEmptyTurn();
  }

  private writeTurn(start: i32, end: i32, isModel: bool): void {
    if (isModel) this.writeModel(start, end);
    else this.writeUser(start, end);
  }

  /** Writes a turn of the model: what it said, then its calls, so that the results come right behind them. */
  private writeModel(start: i32, end: i32): void {
    this.open("model");
    this.openCalls = [];
    for (let index = start; index < end; index++) {
      const part = unchecked(this.parts[index]);
      if (!isSpoken(this.document, part)) continue;
      if (part.kind == PartKind.ToolCall) this.openCalls.push(index);
      else this.writePart(part);
    }
    for (let position = 0; position < this.openCalls.length; position++) {
      const index = unchecked(this.openCalls[position]);
      const call = unchecked(this.parts[index]);
      this.calls.add(this.calls.key(call), index);
      this.separate();
      this.out.ascii('{"functionCall":{"name":');
      this.plan.names.write(this.document, call.name, this.out);
      this.writeId(call);
      this.out.ascii(',"args":');
      writeArguments(this.document, call.value, this.out);
      this.out.byte(0x7d);
      // One signature belongs to all calls of a step, and stands with the first of them.
      writeSignature(this.document, call, this.quirks.isThird && position == 0, this.out);
      this.out.byte(0x7d);
    }
    this.out.ascii("]}");
  }

  /** Writes a turn of the user: all results in one content, in the order of their calls and with nothing else in it; then everything else. */
  private writeUser(start: i32, end: i32): void {
    const results = this.orderResults(start, end);
    let withoutMore = this.out.length;
    if (results.length > 0) {
      this.open("user");
      for (let position = 0; position < results.length; position++) this.writeResult(unchecked(results[position]));
      this.out.ascii("]}");
      withoutMore = this.out.length;
      this.separateContent();
      this.out.ascii(TURN_BEHIND_RESULTS);
    }
    this.openUser();
    // Before Gemini 3 a result can hold no media, so they follow.
    if (!this.quirks.isThird) {
      for (let position = 0; position < results.length; position++) this.writeMedia(unchecked(results[position]));
    }
    for (let index = start; index < end; index++) {
      const part = unchecked(this.parts[index]);
      if (part.kind != PartKind.ToolResult && isSpoken(this.document, part)) this.writePart(part);
    }
    if (this.isFirstPart) this.out.length = withoutMore;
    else this.out.ascii("]}");
  }

  /** The results of a turn in the order of the calls before it; others behind them. */
  private orderResults(start: i32, end: i32): i32[] {
    const byKey = new Map<u64, i32>();
    const given: i32[] = [];
    for (let index = start; index < end; index++) {
      const part = unchecked(this.parts[index]);
      if (part.kind != PartKind.ToolResult) continue;
      given.push(index);
      const key = this.calls.key(part);
      if (!byKey.has(key)) byKey.set(key, index);
    }
    const ordered: i32[] = [];
    const taken = new Set<i32>();
    for (let position = 0; position < this.openCalls.length; position++) {
      const key = this.calls.key(unchecked(this.parts[unchecked(this.openCalls[position])]));
      if (!byKey.has(key)) continue;
      const index = byKey.get(key);
      byKey.delete(key);
      taken.add(index);
      ordered.push(index);
    }
    for (let position = 0; position < given.length; position++) {
      const index = unchecked(given[position]);
      if (!taken.has(index)) ordered.push(index);
    }
    this.openCalls = [];
    return ordered;
  }

  /** Source: https://ai.google.dev/api/caching#FunctionResponse (`output` is the member for a result that is no object) */
  private writeResult(index: i32): void {
    const out = this.out;
    const result = unchecked(this.parts[index]);
    const call = this.calls.find(this.calls.key(result));
    this.separate();
    out.ascii('{"functionResponse":{"name":');
    // `checkRequest` has made sure that the call is there.
    if (call >= 0) this.plan.names.write(this.document, unchecked(this.parts[call]).name, out);
    else out.ascii('""');
    this.writeId(result);
    out.ascii(',"response":');
    this.writeResponse(index);
    if (this.quirks.isThird) {
      const before = out.length;
      out.ascii(',"parts":[');
      this.isFirstPart = true;
      this.writeMedia(index);
      if (this.isFirstPart) out.length = before;
      else out.byte(0x5d);
      this.isFirstPart = false;
    }
    out.ascii("}}");
  }

  /**
   * Writes the id of a call, the same in the call and its result: models since Gemini 3 match them by it, older ones by their names.
   * Source: https://ai.google.dev/gemini-api/docs/function-calling (always map function ids)
   */
  private writeId(part: Part): void {
    if (!this.quirks.isThird) return;
    this.out.ascii(',"id":');
    writeCallId(this.document, part, this.out);
  }

  /** A result that is a JSON object goes as it is, any other text as `{"output": text}`. */
  private writeResponse(index: i32): void {
    const document = this.document;
    this.scratch.length = 0;
    for (let nested = index + 1; nested < this.parts.length && unchecked(this.parts[nested]).nested; nested++) {
      const part = unchecked(this.parts[nested]);
      if (part.kind != PartKind.Text) continue;
      unescapeInto(document.textPointer(part.value), document.textLength(part.value), this.scratch);
    }
    const error = this.parsed.parse(this.scratch.pointer, this.scratch.length, 1);
    if (error == JsonError.None && this.parsed.isObject(this.parsed.root())) {
      this.out.bytes(this.scratch.pointer, this.scratch.length);
      return;
    }
    this.out.ascii('{"output":"');
    for (let nested = index + 1; nested < this.parts.length && unchecked(this.parts[nested]).nested; nested++) {
      const part = unchecked(this.parts[nested]);
      if (part.kind != PartKind.Text) continue;
      this.out.bytes(document.textPointer(part.value), document.textLength(part.value));
    }
    this.out.ascii('"}');
  }

  /** The images and files inside a result. */
  private writeMedia(index: i32): void {
    for (let nested = index + 1; nested < this.parts.length && unchecked(this.parts[nested]).nested; nested++) {
      const part = unchecked(this.parts[nested]);
      if (part.kind != PartKind.Text) this.writePart(part);
    }
  }

  private writePart(part: Part): void {
    this.separate();
    if (part.kind == PartKind.Text) writeText(this.document, part, this.out);
    else new MediaSource(this.document, part).write(this.out);
  }

  /** Writes the user's turn in front of a conversation that the model begins. */
  private writeBegin(): void {
    this.openUser();
    this.out.ascii(this.isFirstPart ? '{"text":" "}]}' : "]}");
  }

  private writeEmptyTurn(): void {
    this.separateContent();
    this.out.ascii(EMPTY_TURN);
  }

  private open(role: string): void {
    this.separateContent();
    this.out.ascii('{"role":"');
    this.out.ascii(role);
    this.out.ascii('","parts":[');
    this.isFirstPart = true;
  }

  /** Opens a turn of the user. Models without `systemInstruction` read the system's texts at the begin of the first one. */
  private openUser(): void {
    const isFirst = this.isFirstContent;
    this.open("user");
    if (isFirst && !this.quirks.takesSystem) {
      this.isFirstPart = !writeSystemParts(this.document, this.parts, "", this.out);
    }
  }

  private separateContent(): void {
    if (!this.isFirstContent) this.out.byte(0x2c);
    this.isFirstContent = false;
  }

  private separate(): void {
    if (!this.isFirstPart) this.out.byte(0x2c);
    this.isFirstPart = false;
  }
}

/** Writes `"contents":[...]`. Source: https://ai.google.dev/api/caching#Content */
export function writeContents(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  const writer = new ContentWriter(request, plan, out);
  out.ascii('"contents":[');
  writer.writeAll();
  out.byte(0x5d);
  writer.free();
}
