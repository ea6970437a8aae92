import { HeaderMap } from "../abi/enums";
import { HeaderPairs } from "../abi/header-pairs";
import { removeHeaderAt } from "../abi/host";
import { equalsIgnoringCase } from "../bytes/ascii";
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
      this.isEncoded = pairs.valueLength > 0 && !equalsIgnoringCase(pairs.valuePointer, pairs.valueLength, IDENTITY);
    } else if (isProviderHeaderToRemove(name, length)) removeHeaderAt(HeaderMap.ResponseHeaders, name, length);
  }
}
