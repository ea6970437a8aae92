import { BufferType, HeaderMap } from "../abi/enums";
import { removeHeader, replaceBufferPrefix, setHeader, setHeaderText, unixSeconds } from "../abi/host";
import { ByteBuffer } from "../bytes/buffer";
import { AUTH_HEADERS } from "../providers/auth";
import { OpenAiProtocol } from "../providers/openai/index";
import { AttemptTarget, HeaderSink, ProviderProtocol } from "../providers/provider";
import { Protocol } from "../providers/provider-type";
import { protocolFor } from "../providers/registry";
import { AUTHORITY, CHAT_PATH, CONTENT_LENGTH, CONTENT_TYPE, isName, JSON_TYPE, PATH } from "./header-names";
import { Plan } from "./plan";

/** Sets upstream request headers through the host. */
class HostHeaderSink extends HeaderSink {
  set(name: StaticArray<u8>, value: usize, length: i32): void {
    setHeader(HeaderMap.RequestHeaders, name, value, length);
  }
}

const sink = new HostHeaderSink();
const scratch = new ByteBuffer();

/**
 * The request of one attempt, always made from the client's own bytes (checklist item 34). Header edits of earlier attempts stay
 * in Envoy's map, so everything that an earlier provider owned is removed first.
 */
export class UpstreamRequest {
  /** New bytes that take the place of the first `replacedLength` bytes of the client's body; owned. */
  private prefix: ByteBuffer = new ByteBuffer();
  private replacedLength: i32 = 0;

  /** Writes path, authority, headers and the body's length; keeps the body for `writeBody`. */
  writeHead(plan: Plan, target: AttemptTarget, previous: AttemptTarget | null): void {
    const protocol = protocolFor(target.provider.type);
    if (previous !== null) removeOwnHeaders(previous);
    scratch.clear(65536);
    protocol.writePath(plan.request, target, scratch);
    // The first attempt finds the client's headers as they came: what is right already is left alone.
    const isFirst = previous === null;
    const keepsPath = isFirst && plan.hasPlainPath && isName(scratch.pointer, scratch.length, CHAT_PATH);
    if (!keepsPath) setHeader(HeaderMap.RequestHeaders, PATH, scratch.pointer, scratch.length);
    const authority = target.provider.authority;
    if (authority.length > 0) setHeaderText(HeaderMap.RequestHeaders, AUTHORITY, authority);
    else if (!isFirst) setHeaderText(HeaderMap.RequestHeaders, AUTHORITY, plan.clientAuthority);
    if (!isFirst || !plan.hasPlainType) setHeaderText(HeaderMap.RequestHeaders, CONTENT_TYPE, JSON_TYPE);
    protocol.writeHeaders(plan.request, target, sink);
    const headers = target.provider.headers;
    for (let index = 0; index < headers.length; index++) {
      const header = unchecked(headers[index]);
      setHeaderText(HeaderMap.RequestHeaders, header.name, header.value);
    }
    this.prepareBody(plan, target, protocol);
    const length = this.prefix.length + plan.body.length - this.replacedLength;
    // The next request finds this memory in the processor's caches instead of that of one more body.
    if (plan.nextTarget() === null && !protocol.readsRequestAgain(plan.request)) plan.giveUpRequest();
    if (isFirst && length == plan.clientLength) return;
    scratch.clear(65536);
    scratch.decimal(length);
    setHeader(HeaderMap.RequestHeaders, CONTENT_LENGTH, scratch.pointer, scratch.length);
  }

  private prepareBody(plan: Plan, target: AttemptTarget, protocol: ProviderProtocol): void {
    if (target.provider.type.protocol == Protocol.OpenAi) {
      this.replacedLength = (protocol as OpenAiProtocol).writePrefix(plan.request, target, this.prefix);
    } else {
      // Most of a body stays what it is: with room for it from the start, it is not copied again and again while it grows.
      const length = plan.body.length;
      this.prefix.reserve(length + (length >> 5) + 512);
      protocol.writeBody(plan.request, target, this.prefix);
      protocol.signRequest(target, this.prefix.pointer, this.prefix.length, unixSeconds(), sink);
      this.replacedLength = plan.body.length;
    }
  }

  /** Edits the body that Envoy is about to send, and gives the memory back. */
  writeBody(): void {
    if (this.replacedLength > 0 || this.prefix.length > 0) {
      replaceBufferPrefix(BufferType.RequestBody, this.replacedLength, this.prefix.pointer, this.prefix.length);
    }
    this.free();
  }

  /** Gives unmanaged memory back. */
  free(): void {
    this.prefix.free();
    this.replacedLength = 0;
  }
}

function removeOwnHeaders(previous: AttemptTarget): void {
  for (let index = 0; index < AUTH_HEADERS.length; index++) {
    removeHeader(HeaderMap.RequestHeaders, unchecked(AUTH_HEADERS[index]));
  }
  const owned = protocolFor(previous.provider.type).ownedHeaders();
  for (let index = 0; index < owned.length; index++) removeHeader(HeaderMap.RequestHeaders, unchecked(owned[index]));
  const headers = previous.provider.headers;
  for (let index = 0; index < headers.length; index++) {
    removeHeader(HeaderMap.RequestHeaders, unchecked(headers[index]).name);
  }
}
