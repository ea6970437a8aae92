import { HeaderMap } from "../abi/enums";
import { HeaderPairs } from "../abi/header-pairs";
import { removeHeaderAt } from "../abi/host";
import { equalsIgnoringCase } from "../bytes/ascii";
import { copyToText } from "../bytes/buffer";
import { holdsSecret } from "../canonical/redact";
import { Framing } from "../sse/frame-decoder";
import { readDecimal } from "./client-head";
import {
  AMAZON_ERROR_TYPE,
  CONTENT_ENCODING,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  EVENT_STREAM_TYPE,
  IDENTITY,
  isName,
  isProviderHeaderToRemove,
  JSON_TYPE,
  RETRY_AFTER,
  STATUS,
} from "./header-names";
import { framingOfType, isJsonType } from "./media-type";

const NO_TEXT = new StaticArray<u8>(0);
const pairs = new HeaderPairs();

/** The head of a provider's response: one walk over its headers, which also removes those that no client may see. */
export class UpstreamHead {
  status: i32 = 0;
  isJson: bool = false;
  /** The content type exactly as a client gets it (`application/json`, `text/event-stream`): nothing has to be set. */
  hasPlainJsonType: bool = false;
  hasPlainStreamType: bool = false;
  /** Bytes of the body as announced; -1 when they are not, or not as a number. */
  contentLength: i64 = -1;
  hasContentLength: bool = false;
  /** How the body is framed, as its content type says. */
  framing: Framing = Framing.None;
  isEncoded: bool = false;
  hasRetryAfter: bool = false;
  /** Value of `x-amzn-errortype`. */
  errorType: StaticArray<u8> = NO_TEXT;

  /** Reads and cleans the response headers. */
  read(secrets: StaticArray<u8>[]): void {
    if (pairs.read(HeaderMap.ResponseHeaders)) {
      while (pairs.next()) this.readHeader(secrets);
    }
    pairs.release();
  }

  private readHeader(secrets: StaticArray<u8>[]): void {
    const name = pairs.namePointer;
    const length = pairs.nameLength;
    if (isName(name, length, STATUS)) this.status = <i32>readDecimal(pairs.valuePointer, pairs.valueLength);
    else if (isName(name, length, CONTENT_TYPE)) {
      this.readType(pairs.valuePointer, pairs.valueLength);
    } else if (isName(name, length, CONTENT_LENGTH)) {
      this.hasContentLength = true;
      this.contentLength = readDecimal(pairs.valuePointer, pairs.valueLength);
    } else if (isName(name, length, CONTENT_ENCODING)) {
      this.isEncoded = pairs.valueLength > 0 && !equalsIgnoringCase(pairs.valuePointer, pairs.valueLength, IDENTITY);
      if (!this.isEncoded) removeHeaderAt(HeaderMap.ResponseHeaders, name, length);
    } else if (isName(name, length, RETRY_AFTER)) this.hasRetryAfter = true;
    else if (isName(name, length, AMAZON_ERROR_TYPE)) {
      this.errorType = copyToText(pairs.valuePointer, pairs.valueLength);
    } else if (isProviderHeaderToRemove(name, length) || holdsSecret(pairs.valuePointer, pairs.valueLength, secrets)) {
      removeHeaderAt(HeaderMap.ResponseHeaders, name, length);
    }
  }

  private readType(type: usize, length: i32): void {
    this.hasPlainJsonType = isName(type, length, JSON_TYPE);
    this.hasPlainStreamType = isName(type, length, EVENT_STREAM_TYPE);
    this.isJson = this.hasPlainJsonType || isJsonType(type, length);
    this.framing = this.hasPlainJsonType ? Framing.None : framingOfType(type, length);
  }
}
