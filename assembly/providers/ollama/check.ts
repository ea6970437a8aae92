import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { checkParts, ImageRule } from "../shared/part-checker";

/** Whether the request can be said in Ollama's protocol; it fetches no images by URL. */
export function checkRequest(request: CanonicalRequest, failure: Failure): bool {
  return checkParts(request, ImageRule.Data, failure);
}
