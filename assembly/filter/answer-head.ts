import { HeaderMap } from "../abi/enums";
import { removeHeader, setHeader, setHeaderText } from "../abi/host";
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

const scratch = new ByteBuffer();

/**
 * Makes a provider's response head the client's (checklist items 18 and 21). `isUnchanged`: the body goes out as it came, so its
 * length still holds; `length`: bytes of a rewritten unary body.
 */
export function writeAnswerHead(plan: Plan, target: AttemptTarget, isUnchanged: bool, length: i32): void {
  const isStream = plan.request.stream;
  setHeaderText(HeaderMap.ResponseHeaders, CONTENT_TYPE, isStream ? EVENT_STREAM_TYPE : JSON_TYPE);
  if (isStream) removeHeader(HeaderMap.ResponseHeaders, CONTENT_LENGTH);
  else if (!isUnchanged) setNumber(CONTENT_LENGTH, length);
  setHeaderText(HeaderMap.ResponseHeaders, ANSWER_PROVIDER, target.provider.id);
  setHeaderText(HeaderMap.ResponseHeaders, ANSWER_MODEL, target.model);
  setHeaderText(HeaderMap.ResponseHeaders, ANSWER_ROUTE, plan.route);
  setNumber(ANSWER_ATTEMPTS, plan.attempts);
}

function setNumber(name: StaticArray<u8>, value: i64): void {
  scratch.clear(4096);
  scratch.decimal(value);
  setHeader(HeaderMap.ResponseHeaders, name, scratch.pointer, scratch.length);
}
