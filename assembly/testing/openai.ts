/*
 * Test entry: the OpenAI client and the OpenAI provider protocol, without a filter or a host between them. Bytes go in through
 * memory of `allocate`, results come out through numbered buffers (see tests/support/openai.ts).
 */
import "./abort";
import { ByteBuffer, copyToText, decodeText, encodeText } from "../bytes/buffer";
import { allocate, liveBlockCount, release } from "../bytes/memory";
import { AnswerSink } from "../canonical/answer";
import { Failure, FailureReason, failureName } from "../canonical/failure";
import { CanonicalRequest } from "../canonical/request";
import { Usage } from "../canonical/usage";
import { AttemptRecord } from "../clients/client";
import { OpenAiChatClient } from "../clients/openai-chat/index";
import { writeModel, writeModelList } from "../clients/openai-chat/models";
import { Environment } from "../config/environment";
import { parseConfig } from "../config/parse";
import { ProviderConfig } from "../config/schema";
import { JsonDocument, JsonError } from "../json/document";
import { findProviderType } from "../providers/catalogue";
import { Protocol, ProviderType } from "../providers/provider-type";
import { OpenAiProtocol } from "../providers/openai/index";
import { OpenAiPassthroughAnswer } from "../providers/openai/passthrough-answer";
import { OpenAiPassthroughStream } from "../providers/openai/passthrough-stream";
import { AttemptTarget, ErrorAnswer, HeaderSink, StreamReader } from "../providers/provider";
import { SseDecoder } from "../sse/decoder";
import { writeEvent } from "../sse/encoder";
import { dumpRequest } from "./dump-request";

export { allocate, release, liveBlockCount };

/** Numbers of the result buffers. */
const enum Result {
  /** Bytes for the client or the provider. */
  Output = 0,
  /** An error envelope. */
  Error = 1,
  /** The name of a failure. */
  Reason = 2,
  Headers = 3,
}

class HeaderLines extends HeaderSink {
  set(name: StaticArray<u8>, value: usize, length: i32): void {
    const out = result(Result.Headers);
    out.text(name);
    out.ascii(": ");
    out.bytes(value, length);
    out.byte(0x0a);
  }
}

class NoEnvironment extends Environment {
  lookup(name: string): string | null {
    return null;
  }
}

const results: ByteBuffer[] = [new ByteBuffer(), new ByteBuffer(), new ByteBuffer(), new ByteBuffer()];
const client: OpenAiChatClient = new OpenAiChatClient();
const protocol: OpenAiProtocol = new OpenAiProtocol();
const document: JsonDocument = new JsonDocument();
/** The client's body: the document borrows it. */
const body: ByteBuffer = new ByteBuffer();
/** A unary answer while it comes in. */
const unary: ByteBuffer = new ByteBuffer();
let provider: ProviderConfig = new ProviderConfig();
let target: AttemptTarget = new AttemptTarget(provider, new StaticArray<u8>(0));
let request: CanonicalRequest = new CanonicalRequest(document);
let passed: OpenAiPassthroughStream | null = null;
let sink: AnswerSink | null = null;
let reader: StreamReader | null = null;
let decoder: SseDecoder = new SseDecoder();
let unchangedEvents: i32 = 0;
let lastUsage: Usage = new Usage();

function result(number: Result): ByteBuffer {
  return unchecked(results[number]);
}

export function resultPointer(number: i32): usize {
  return result(number).pointer;
}
export function resultLength(number: i32): i32 {
  return result(number).length;
}
export function clearResults(): void {
  for (let number = 0; number < results.length; number++) unchecked(results[number]).length = 0;
}

function text(pointer: usize, length: i32): string {
  return decodeText(copyToText(pointer, length));
}

/** A provider of a type from the catalogue; false when there is none of that name. */
export function useType(name: usize, nameLength: i32): bool {
  const found = findProviderType(text(name, nameLength));
  if (found === null) return false;
  useProvider(found);
  return true;
}

/** A provider of a type that the catalogue does not have. */
export function useMadeUpType(streamOptions: bool, maxTokens: bool, maxCompletionTokens: bool): void {
  const type = new ProviderType("made-up", Protocol.OpenAi);
  type.acceptsStreamOptions = streamOptions;
  type.acceptsMaxTokens = maxTokens;
  type.acceptsMaxCompletionTokens = maxCompletionTokens;
  useProvider(type);
}

/** A top-level member that the made-up type rejects. */
export function rejectMember(name: usize, nameLength: i32): void {
  const type = provider.type;
  type.rejectedMembers = (type.rejectedMembers + " " + text(name, nameLength)).trimStart();
}

function useProvider(type: ProviderType): void {
  provider = new ProviderConfig();
  provider.type = type;
  provider.basePath = encodeText(type.basePath);
  provider.chatPath = encodeText(type.chatPath);
}

export function useModel(model: usize, modelLength: i32, token: usize, tokenLength: i32): void {
  target = new AttemptTarget(provider, copyToText(model, modelLength));
  target.apiToken = copyToText(token, tokenLength);
}

function writeFailure(failure: Failure): i32 {
  const error = result(Result.Error);
  error.length = 0;
  client.writeError(failure, null, error);
  const reason = result(Result.Reason);
  reason.length = 0;
  reason.ascii(failureName(failure.reason));
  return failure.status;
}

/** Reads the head of a client's body. Gives 0 or the status of the error. The body is copied. */
export function readHead(pointer: usize, length: i32): i32 {
  const failure = new Failure();
  body.length = 0;
  body.bytes(pointer, length);
  request = new CanonicalRequest(document);
  if (document.parse(body.pointer, body.length) != JsonError.None) {
    failure.set(FailureReason.BadRequest, 400, "not JSON");
    return writeFailure(failure);
  }
  return client.readHead(request, failure) ? 0 : writeFailure(failure);
}

/** Reads the rest and writes the canonical request as JSON. Gives 0 or the status of the error. */
export function readAll(): i32 {
  const failure = new Failure();
  if (!client.readAll(request, failure)) return writeFailure(failure);
  dumpRequest(request, result(Result.Output));
  return 0;
}

/** Writes the new first bytes of the body; gives how many of the client's they replace. */
export function writePrefix(): i32 {
  return protocol.writePrefix(request, target, result(Result.Output));
}
export function writeBody(): void {
  protocol.writeBody(request, target, result(Result.Output));
}
export function writePath(): void {
  protocol.writePath(request, target, result(Result.Output));
}
export function writeHeaders(): void {
  protocol.writeHeaders(request, target, new HeaderLines());
}

/** Opens the passthrough of a streamed answer. */
export function openPassthrough(id: usize, idLength: i32, created: i64): void {
  closeAnswer();
  passed = new OpenAiPassthroughStream(request, target, copyToText(id, idLength), created);
}

/** Opens the way through the hub; either side may be a stream. */
export function openHub(fromStream: bool, toStream: bool, id: usize, idLength: i32, created: i64): void {
  closeAnswer();
  const madeUp = copyToText(id, idLength);
  const out = result(Result.Output);
  sink = toStream
    ? client.openStreamWriter(request, target, madeUp, created, out)
    : client.openAnswerWriter(request, target, madeUp, created, out);
  if (fromStream) reader = protocol.openStream(request, target);
}

/** Takes the next bytes of the answer. */
export function feed(pointer: usize, length: i32, end: bool): void {
  if (passed === null && reader === null) {
    unary.bytes(pointer, length);
    if (end) readUnary();
    return;
  }
  decoder.feed(pointer, length);
  drain();
  if (!end) return;
  decoder.finish();
  drain();
  const stream = passed;
  if (stream !== null) stream.end(result(Result.Output));
  const events = reader;
  const writer = sink;
  if (events !== null && writer !== null) events.end(writer);
}

function drain(): void {
  const out = result(Result.Output);
  const stream = passed;
  const events = reader;
  const writer = sink;
  while (decoder.next()) {
    const data = decoder.dataPointer;
    const length = decoder.dataLength;
    if (stream !== null) {
      const before = out.length;
      if (!stream.event(data, length, out, decoder.namePointer, decoder.nameLength)) continue;
      if (out.length != before) abortTest();
      unchangedEvents += 1;
      writeEvent(data, length, out);
    } else if (events !== null && writer !== null) {
      events.event(decoder.namePointer, decoder.nameLength, data, length, writer);
    }
  }
}

function abortTest(): void {
  unreachable();
}

function readUnary(): void {
  const writer = sink;
  if (writer === null) return;
  const answer = new JsonDocument();
  if (answer.parse(unary.pointer, unary.length) == JsonError.None) protocol.readAnswer(answer, request, target, writer);
  else writer.failWith(FailureReason.StreamError, 502, "The provider's answer is not JSON.");
  answer.free();
}

/** Where the answer stands: 0 waiting, 1 content, 2 done, 3 failed (then the error and reason are in their buffers). */
export function answerState(): i32 {
  const stream = passed;
  if (stream !== null) {
    lastUsage = stream.usage;
    const state: i32 = stream.state;
    if (state == 3) writeFailure(stream.failure);
    return state;
  }
  const writer = sink;
  if (writer === null) return 0;
  lastUsage = writer.usage;
  if (writer.hasFailed) {
    writeFailure(writer.failure);
    return 3;
  }
  return writer.isDone ? 2 : writer.hasContent ? 1 : 0;
}
/** Events that went out exactly as they came, since the last call. */
export function takeUnchangedEvents(): i32 {
  const count = unchangedEvents;
  unchangedEvents = 0;
  return count;
}

/** Passes a unary answer through: 0 unchanged, 1 rewritten, 2 failed. */
export function passAnswer(pointer: usize, length: i32, id: usize, idLength: i32, created: i64): i32 {
  const answer = new OpenAiPassthroughAnswer();
  const out = result(Result.Output);
  const isUnchanged = answer.read(pointer, length, request, target, copyToText(id, idLength), created, out);
  lastUsage = answer.usage;
  if (isUnchanged) return 0;
  if (answer.failure.reason == FailureReason.None) return 1;
  writeFailure(answer.failure);
  return 2;
}

/** 0 known, 1 input, 2 output, 3 cached input, 4 cache creation, 5 reasoning. */
export function usage(number: i32): i64 {
  switch (number) {
    case 0:
      return lastUsage.known ? 1 : 0;
    case 1:
      return lastUsage.input;
    case 2:
      return lastUsage.output;
    case 3:
      return lastUsage.cachedInput;
    case 4:
      return lastUsage.cacheCreation;
    default:
      return lastUsage.reasoning;
  }
}

/** Reads an error answer of the provider; gives the status. */
export function readError(status: i32, pointer: usize, length: i32): i32 {
  const failure = new Failure();
  protocol.readError(new ErrorAnswer(status, pointer, length, new StaticArray<u8>(0)), failure);
  return writeFailure(failure);
}

/** Writes an envelope with two attempts. */
export function writeAttempts(): void {
  const failure = new Failure();
  failure.set(FailureReason.RateLimit, 429, "slow down", "busy");
  const refused = new Failure();
  refused.set(FailureReason.Connect, 0, "refused");
  const attempts = [
    new AttemptRecord(encodeText('a"b'), encodeText("m/1"), failure),
    new AttemptRecord(encodeText("c"), encodeText("m\n2"), refused),
  ];
  client.writeError(failure, attempts, result(Result.Output));
}

/** Writes the model list of a plugin JSON, or one model when a name is given; false when that is not served. */
export function models(config: usize, configLength: i32, name: usize, nameLength: i32, created: i64): bool {
  const parsed = parseConfig(config, configLength, new NoEnvironment()).config;
  if (parsed === null) return false;
  if (nameLength > 0) return writeModel(parsed, name, nameLength, created, result(Result.Output));
  writeModelList(parsed, created, result(Result.Output));
  return true;
}

function closeAnswer(): void {
  const stream = passed;
  if (stream !== null) stream.free();
  const writer = sink;
  if (writer !== null) writer.free();
  const events = reader;
  if (events !== null) events.free();
  passed = null;
  sink = null;
  reader = null;
  decoder.free();
  decoder = new SseDecoder();
  unary.free();
}

/** Gives all memory back; afterwards `liveBlockCount` is 0. */
export function close(): void {
  closeAnswer();
  document.free();
  body.free();
  for (let number = 0; number < results.length; number++) unchecked(results[number]).free();
}
