import { randomBits, unixSeconds } from "../abi/host";
import { ByteBuffer, encodeText } from "../bytes/buffer";
import { AnswerSink } from "../canonical/answer";
import { CanonicalRequest } from "../canonical/request";
import { Protocol } from "../providers/provider-type";
import { OpenAiPassthroughStream } from "../providers/openai/passthrough-stream";
import { AttemptTarget } from "../providers/provider";
import { protocolFor } from "../providers/registry";
import { PassthroughPipe, TranslatedPipe } from "./answer-pipe";
import { AnswerReader } from "./answer-reader";
import { EventReader } from "./event-reader";
import { SameJsonReader, TranslatedJsonReader } from "./json-reader";
import { LabelledJsonReader } from "./labelled-reader";
import { CLIENT } from "./local-answer";
import { openDecoder } from "../sse/open-decoder";
import { Framing } from "../sse/frame-decoder";
import { UpstreamHead } from "./upstream-head";

/**
 * Chooses how a successful answer is read: by what the client wants (stream or not), what the provider sent (events or JSON,
 * whatever was asked for), and whether both speak the same protocol. `output` is where writers append.
 */
export function openAnswer(
  request: CanonicalRequest,
  target: AttemptTarget,
  head: UpstreamHead,
  output: ByteBuffer,
): AnswerReader {
  const framing = protocolFor(target.provider.type).framing(request, target);
  // Lines of JSON are a protocol's own form or a wrong label (checklist item 21).
  const isMislabelled = head.framing == Framing.JsonLines && framing == Framing.ServerSentEvents;
  if (head.framing != Framing.None) {
    return openEvents(request, target, isMislabelled ? framing : head.framing, output);
  }
  if (!request.stream) return openJson(request, target, output);
  if (head.isJson && framing == Framing.ServerSentEvents) return new LabelledJsonReader(request, target, output);
  if (head.isJson && framing == Framing.AmazonEventStream) return openJson(request, target, output);
  return openEvents(request, target, framing, output);
}

/** Reads events: into a stream, or gathered into one answer. */
export function openEvents(
  request: CanonicalRequest,
  target: AttemptTarget,
  framing: Framing,
  output: ByteBuffer,
): AnswerReader {
  const decoder = openDecoder(framing);
  if (request.stream && target.provider.type.protocol == Protocol.OpenAi) {
    const stream = new OpenAiPassthroughStream(request, target, makeAnswerId(), unixSeconds());
    return new EventReader(decoder, new PassthroughPipe(stream), false);
  }
  const reader = protocolFor(target.provider.type).openStream(request, target);
  return new EventReader(decoder, new TranslatedPipe(reader, openSink(request, target, output)), !request.stream);
}

/** Reads one JSON body: as it is, translated, or made into a stream. */
export function openJson(request: CanonicalRequest, target: AttemptTarget, output: ByteBuffer): AnswerReader {
  if (!request.stream && target.provider.type.protocol == Protocol.OpenAi) {
    return new SameJsonReader(request, target, makeAnswerId(), unixSeconds());
  }
  return new TranslatedJsonReader(request, target, openSink(request, target, output));
}

function openSink(request: CanonicalRequest, target: AttemptTarget, output: ByteBuffer): AnswerSink {
  const id = makeAnswerId();
  const created = unixSeconds();
  return request.stream
    ? CLIENT.openStreamWriter(request, target, id, created, output)
    : CLIENT.openAnswerWriter(request, target, id, created, output);
}

const ID_PREFIX = encodeText("chatcmpl-");
const HEX_DIGITS = encodeText("0123456789abcdef");
let idState: u64 = 0;

/** An id for answers of providers that give none: `chatcmpl-` and 16 hexadecimal digits, different for every answer of this VM. */
function makeAnswerId(): StaticArray<u8> {
  if (idState == 0) idState = randomBits() | 1;
  idState = idState * 6364136223846793005 + 1442695040888963407;
  const id = new StaticArray<u8>(ID_PREFIX.length + 16);
  memory.copy(changetype<usize>(id), changetype<usize>(ID_PREFIX), ID_PREFIX.length);
  let bits = idState ^ (idState >> 29);
  for (let index = ID_PREFIX.length; index < id.length; index++) {
    unchecked((id[index] = HEX_DIGITS[<i32>(bits & 15)]));
    bits >>= 4;
  }
  return id;
}
