import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { reject } from "../shared/checks";
import { countTexts } from "../shared/messages";
import { checkNarrow, Takes } from "../shared/narrow-check";
import { findLastUserTurn } from "../shared/plain-text";

/** Most texts of one request. Source: https://developers.deepl.com/docs/api-reference/translate */
const MOST_TEXTS: i32 = 50;

/** Whether a request can be translated: its last turn of the user holds 1 to 50 texts. Fills the failure otherwise. */
export function checkRequest(request: CanonicalRequest, failure: Failure): bool {
  if (!checkNarrow(request, Takes.Nothing, failure)) return false;
  const turn = findLastUserTurn(request);
  const count = turn === null ? 0 : countTexts(request, turn.start, turn.end);
  if (count == 0) return reject(failure, "messages: a text of the user to translate is required.", "messages");
  return count <= MOST_TEXTS || reject(failure, "messages: at most 50 texts can be translated at once.", "messages");
}
