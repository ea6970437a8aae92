import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { checkParts, ImageRule } from "../shared/part-checker";

/** Whether the request can be said in DashScope's protocol; fills the failure (400 with `param`) otherwise. */
export function checkRequest(request: CanonicalRequest, failure: Failure): bool {
  return checkParts(request, ImageRule.Any, failure);
}
