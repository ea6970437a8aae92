import { MAX_TOKENS } from "../../canonical/usage";
import { JsonDocument } from "../../json/document";

/** A number of tokens that a provider reports: never negative, never beyond belief; `previous` when it reports none. */
export function readCount(document: JsonDocument, node: i32, previous: i64 = 0): i64 {
  if (!document.isNumber(node)) return previous;
  const count = document.integer(node);
  return count < 0 ? 0 : min(count, MAX_TOKENS);
}
