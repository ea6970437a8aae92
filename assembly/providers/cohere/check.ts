import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { reject } from "../shared/checks";
import { hasTool, JSON_TOOL_NAME } from "../shared/format-tool";
import { checkParts, ImageRule } from "../shared/part-checker";
import { usesFormatTool } from "./tools";

/** Most stop sequences that the vendor takes. Source: https://docs.cohere.com/reference/chat (stop_sequences) */
const MOST_STOPS: i32 = 5;

/** Whether the request can be said in Cohere's protocol; fills the failure (400 with `param`) otherwise. */
export function checkRequest(request: CanonicalRequest, failure: Failure): bool {
  if (request.document.count(request.stop) > MOST_STOPS) {
    return reject(failure, "This model's provider takes at most 5 stop sequences.", "stop");
  }
  if (usesFormatTool(request) && hasTool(request, JSON_TOOL_NAME)) {
    return reject(
      failure,
      "This model's provider takes no response_format together with these tools.",
      "response_format",
    );
  }
  return checkParts(request, ImageRule.Any, failure);
}
