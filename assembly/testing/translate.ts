/*
 * Test entry: the OpenAI client on one side and any provider protocol on the other, without a filter or a host between them.
 * One translation at a time: `useTarget`, `translate`, then `openAnswer` and `feed` as often as wanted, then `close`.
 * Bytes go in through memory of `allocate`; results come out through numbered buffers (see tests/support/translate.ts).
 */
import { ByteBuffer, copyToText, encodeText } from "../bytes/buffer";
import { allocate, liveBlockCount, release } from "../bytes/memory";
import { AnswerSink } from "../canonical/answer";
import { Failure, FailureReason, failureName } from "../canonical/failure";
import { CanonicalRequest } from "../canonical/request";
import { OpenAiChatClient } from "../clients/openai-chat/index";
import { Environment } from "../config/environment";
import { parseConfig } from "../config/parse";
import { ProviderConfig } from "../config/schema";
import { JsonDocument, JsonError } from "../json/document";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../providers/provider";
import { protocolFor } from "../providers/registry";
import { FrameDecoder, Framing } from "../sse/frame-decoder";
import { openDecoder } from "../sse/open-decoder";

export { allocate, release, liveBlockCount };

/** Numbers of the result buffers. */
const enum Result {
  Path = 0,
  Headers = 1,
  Body = 2,
  Error = 3,
  Answer = 4,
  Reason = 5,
}

/** Unix seconds at which all requests are signed. */
const SIGNING_TIME: i64 = 1_700_000_000;

/** Writes headers as `name: value` lines. */
class HeaderLines extends HeaderSink {
  constructor(private out: ByteBuffer) {
    super();
  }

  set(name: StaticArray<u8>, value: usize, length: i32): void {
    this.out.text(name);
    this.out.ascii(": ");
    this.out.bytes(value, length);
    this.out.byte(0x0a);
  }
}

const results: ByteBuffer[] = [
  new ByteBuffer(),
  new ByteBuffer(),
  new ByteBuffer(),
  new ByteBuffer(),
  new ByteBuffer(),
  new ByteBuffer(),
];
const client: OpenAiChatClient = new OpenAiChatClient();
const document: JsonDocument = new JsonDocument();
/** The client's body: the document borrows it. */
const body: ByteBuffer = new ByteBuffer();
/** A unary answer while it comes in. */
const unary: ByteBuffer = new ByteBuffer();
let provider: ProviderConfig = new ProviderConfig();
let target: AttemptTarget = new AttemptTarget(provider, new StaticArray<u8>(0));
let request: CanonicalRequest = new CanonicalRequest(document);
let sink: AnswerSink | null = null;
let reader: StreamReader | null = null;
let decoder: FrameDecoder = openDecoder(Framing.ServerSentEvents);
let answerId: StaticArray<u8> = new StaticArray<u8>(0);
let answerCreated: i64 = 0;

function result(number: Result): ByteBuffer {
  return unchecked(results[number]);
}

function protocol(): ProviderProtocol {
  return protocolFor(provider.type);
}

export function resultPointer(number: i32): usize {
  return result(number).pointer;
}
export function resultLength(number: i32): i32 {
  return result(number).length;
}
export function clearResult(number: i32): void {
  result(number).length = 0;
}

class NoEnvironment extends Environment {
  lookup(name: string): string | null {
    return null;
  }
}

/** Reads a plugin JSON of which the first provider is the target, and sets the upstream model; false, with the reasons in the error buffer, when it is wrong. */
export function useTarget(config: usize, configLength: i32, model: usize, modelLength: i32): bool {
  const parsed = parseConfig(config, configLength, new NoEnvironment());
  const found = parsed.config;
  if (found === null || found.providers.length == 0) {
    result(Result.Error).length = 0;
    result(Result.Error).text(encodeText(parsed.errors.join("\n")));
    return false;
  }
  provider = found.providers[0];
  target = new AttemptTarget(provider, copyToText(model, modelLength));
  if (provider.apiTokens.length > 0) target.apiToken = provider.apiTokens[0];
  return true;
}

function reject(failure: Failure): i32 {
  client.writeError(failure, null, result(Result.Error));
  return failure.status;
}

/**
 * Reads a client's body and writes path, headers and body for the target. Gives 0, or the status of the error envelope.
 * The body is copied.
 */
export function translate(pointer: usize, length: i32): i32 {
  const failure = new Failure();
  body.length = 0;
  body.bytes(pointer, length);
  request = new CanonicalRequest(document);
  if (document.parse(body.pointer, body.length) != JsonError.None) {
    failure.set(FailureReason.BadRequest, 400, "The body is not JSON.");
    return reject(failure);
  }
  if (!client.readHead(request, failure) || !client.readAll(request, failure)) return reject(failure);
  if (!protocol().check(request, target, failure)) return reject(failure);
  protocol().writePath(request, target, result(Result.Path));
  protocol().writeHeaders(request, target, new HeaderLines(result(Result.Headers)));
  const upstream = result(Result.Body);
  protocol().writeBody(request, target, upstream);
  protocol().signRequest(
    target,
    upstream.pointer,
    upstream.length,
    SIGNING_TIME,
    new HeaderLines(result(Result.Headers)),
  );
  return 0;
}

/** Writes the translated body once more, as a second attempt would: the same bytes must come. */
export function writeBodyAgain(): void {
  result(Result.Body).length = 0;
  protocol().writeBody(request, target, result(Result.Body));
}

/** Prepares for one answer to the translated request: whether the client wants a stream, whether the provider sends one; `id` and `created` are what the gateway makes up. */
export function openAnswer(stream: bool, events: bool, id: usize, idLength: i32, created: i64): void {
  closeAnswer();
  answerId = copyToText(id, idLength);
  answerCreated = created;
  const out = result(Result.Answer);
  out.length = 0;
  if (stream) {
    sink = client.openStreamWriter(request, target, answerId, answerCreated, out);
  } else {
    sink = client.openAnswerWriter(request, target, answerId, answerCreated, out);
  }
  if (!events) return;
  reader = protocol().openStream(request, target);
  decoder = openDecoder(protocol().framing(request, target));
}

/** Takes the next bytes of the answer. What the client would get is appended to the answer buffer. */
export function feed(pointer: usize, length: i32, end: bool): void {
  const writer = sink;
  if (writer === null) return;
  const events = reader;
  if (events === null) {
    unary.bytes(pointer, length);
    if (end) readUnary(writer);
    return;
  }
  decoder.feed(pointer, length);
  drain(events, writer);
  if (!end) return;
  decoder.finish();
  drain(events, writer);
  events.end(writer);
}

function drain(events: StreamReader, writer: AnswerSink): void {
  while (decoder.next()) {
    events.event(decoder.namePointer, decoder.nameLength, decoder.dataPointer, decoder.dataLength, writer);
  }
}

function readUnary(writer: AnswerSink): void {
  const answer = new JsonDocument();
  if (answer.parse(unary.pointer, unary.length) == JsonError.None) {
    protocol().readAnswer(answer, request, target, writer);
  } else {
    writer.failWith(FailureReason.StreamError, 502, "The provider's answer is not JSON.");
  }
  answer.free();
}

/** Reads an error answer and writes the envelope that the client would get; gives its status. */
export function readError(status: i32, pointer: usize, length: i32, type: usize, typeLength: i32): i32 {
  const failure = new Failure();
  protocol().readError(new ErrorAnswer(status, pointer, length, copyToText(type, typeLength)), failure);
  retryAfterSeconds = failure.retryAfterSeconds;
  result(Result.Error).length = 0;
  result(Result.Reason).length = 0;
  result(Result.Reason).ascii(failureName(failure.reason));
  return reject(failure);
}

let retryAfterSeconds: i32 = 0;

/** What the body of the error read last says about coming back; seconds, 0 when nothing. */
export function retryAfter(): i32 {
  return retryAfterSeconds;
}

export function hasContent(): bool {
  const writer = sink;
  return writer !== null && writer.hasContent;
}
export function isDone(): bool {
  const writer = sink;
  return writer !== null && writer.isDone;
}
export function hasFailed(): bool {
  const writer = sink;
  return writer !== null && writer.hasFailed;
}
/** Status of the answer's failure; its envelope and the reason's name go to their buffers. */
export function answerFailure(): i32 {
  const writer = sink;
  if (writer === null) return 0;
  result(Result.Error).length = 0;
  result(Result.Reason).length = 0;
  result(Result.Reason).ascii(failureName(writer.failure.reason));
  return reject(writer.failure);
}
/** 0 known, 1 input, 2 output, 3 cached input, 4 cache creation, 5 reasoning. */
export function usage(number: i32): i64 {
  const writer = sink;
  if (writer === null) return -1;
  const counted = writer.usage;
  switch (number) {
    case 0:
      return counted.known ? 1 : 0;
    case 1:
      return counted.input;
    case 2:
      return counted.output;
    case 3:
      return counted.cachedInput;
    case 4:
      return counted.cacheCreation;
    default:
      return counted.reasoning;
  }
}

function closeAnswer(): void {
  const writer = sink;
  if (writer !== null) writer.free();
  const events = reader;
  if (events !== null) {
    events.free();
    decoder.free();
  }
  sink = null;
  reader = null;
  unary.free();
}

/** Gives all memory back; afterwards `liveBlockCount` is 0. */
export function close(): void {
  closeAnswer();
  document.free();
  body.free();
  for (let number = 0; number < results.length; number++) unchecked(results[number]).free();
}
