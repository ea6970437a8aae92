import { HeaderMap } from "../abi/enums";
import { HeaderPairs } from "../abi/header-pairs";
import { removeHeaderAt } from "../abi/host";
import { endsWithIgnoreCase, isJsonType, readDecimal } from "./client-head";
import { CONTENT_ENCODING, CONTENT_TYPE, isName, isProviderHeaderToRemove, STATUS } from "./header-names";

const pairs = new HeaderPairs();

/** The head of a provider's response: one walk over its headers, which also removes those that no client may see. */
export class UpstreamHead {
  status: i32 = 0;
  isJson: bool = false;
  isEventStream: bool = false;
  isEncoded: bool = false;

  /** Reads and cleans the response headers. */
  read(): void {
    if (pairs.read(HeaderMap.ResponseHeaders)) {
      while (pairs.next()) this.readHeader();
    }
    pairs.release();
  }

  private readHeader(): void {
    const name = pairs.namePointer;
    const length = pairs.nameLength;
    if (isName(name, length, STATUS)) this.status = <i32>readDecimal(pairs.valuePointer, pairs.valueLength);
    else if (isName(name, length, CONTENT_TYPE)) {
      this.isJson = isJsonType(pairs.valuePointer, pairs.valueLength);
      this.isEventStream = isEventStreamType(pairs.valuePointer, pairs.valueLength);
    } else if (isName(name, length, CONTENT_ENCODING)) {
      this.isEncoded = pairs.valueLength > 0 && !endsWithIgnoreCase(pairs.valuePointer, pairs.valueLength, "identity");
    } else if (isProviderHeaderToRemove(name, length)) removeHeaderAt(HeaderMap.ResponseHeaders, name, length);
  }
}

function isEventStreamType(pointer: usize, length: i32): bool {
  let end = 0;
  while (end < length && load<u8>(pointer + end) != 0x3b) end += 1;
  while (end > 0 && load<u8>(pointer + end - 1) <= 0x20) end -= 1;
  return endsWithIgnoreCase(pointer, end, "text/event-stream");
}
