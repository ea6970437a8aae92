import { HeaderMap } from "../abi/enums";
import { HeaderPairs } from "../abi/header-pairs";
import { removeHeaderAt } from "../abi/host";
import { equalsIgnoringCase } from "../bytes/ascii";
import { holdsSecret } from "../canonical/redact";
import { readDecimal } from "./client-head";
import { CONTENT_ENCODING, CONTENT_TYPE, IDENTITY, isName, isProviderHeaderToRemove, STATUS } from "./header-names";
import { isEventStreamType, isJsonType } from "./media-type";

const pairs = new HeaderPairs();

/** The head of a provider's response: one walk over its headers, which also removes those that no client may see. */
export class UpstreamHead {
  status: i32 = 0;
  isJson: bool = false;
  isEventStream: bool = false;
  isEncoded: bool = false;

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
      this.isJson = isJsonType(pairs.valuePointer, pairs.valueLength);
      this.isEventStream = isEventStreamType(pairs.valuePointer, pairs.valueLength);
    } else if (isName(name, length, CONTENT_ENCODING)) {
      this.isEncoded = pairs.valueLength > 0 && !equalsIgnoringCase(pairs.valuePointer, pairs.valueLength, IDENTITY);
      if (!this.isEncoded) removeHeaderAt(HeaderMap.ResponseHeaders, name, length);
    } else if (isProviderHeaderToRemove(name, length) || holdsSecret(pairs.valuePointer, pairs.valueLength, secrets)) {
      removeHeaderAt(HeaderMap.ResponseHeaders, name, length);
    }
  }
}
