import { HeaderMap } from "../abi/enums";
import { addHeader, addHeaderText, removeHeader, setHeader, setHeaderText } from "../abi/host";
import { ByteBuffer } from "../bytes/buffer";
import { AttemptTarget } from "../providers/provider";
import {
  ANSWER_ATTEMPTS,
  ANSWER_MODEL,
  ANSWER_PROVIDER,
  ANSWER_ROUTE,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  EVENT_STREAM_TYPE,
  JSON_TYPE,
} from "./header-names";
import { Plan } from "./plan";
import { UpstreamHead } from "./upstream-head";

const scratch = new ByteBuffer();

/**
 * Makes a provider's response head the client's (checklist items 18 and 21). `isUnchanged`: the body goes out as it came, so its
 * length still holds; `length`: bytes of a rewritten unary body. What `head` says is right already is left alone.
 */
export function writeAnswerHead(
  plan: Plan,
  target: AttemptTarget,
  head: UpstreamHead,
  isUnchanged: bool,
  length: i32,
): void {
  if (plan.request.stream) {
    if (!head.hasPlainStreamType) setHeaderText(HeaderMap.ResponseHeaders, CONTENT_TYPE, EVENT_STREAM_TYPE);
    if (head.hasContentLength) removeHeader(HeaderMap.ResponseHeaders, CONTENT_LENGTH);
  } else {
    if (!head.hasPlainJsonType) setHeaderText(HeaderMap.ResponseHeaders, CONTENT_TYPE, JSON_TYPE);
    if (!isUnchanged && head.contentLength != length) {
      writeNumber(length);
      setHeader(HeaderMap.ResponseHeaders, CONTENT_LENGTH, scratch.pointer, scratch.length);
    }
  }
  // Whatever a provider sent by these names was removed when its head was read.
  addHeaderText(HeaderMap.ResponseHeaders, ANSWER_PROVIDER, target.provider.id);
  addHeaderText(HeaderMap.ResponseHeaders, ANSWER_MODEL, target.model);
  addHeaderText(HeaderMap.ResponseHeaders, ANSWER_ROUTE, plan.route);
  writeNumber(plan.attempts);
  addHeader(HeaderMap.ResponseHeaders, ANSWER_ATTEMPTS, scratch.pointer, scratch.length);
}

function writeNumber(value: i64): void {
  scratch.clear(4096);
  scratch.decimal(value);
}
