import * as keys from "../../canonical/openai-keys";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest, Flag, Part, NO_TOOLS, ResponseFormat, ToolChoice } from "../../canonical/request";
import { readFields } from "./field-errors";
import { MessageReader } from "./read-messages";
import { readParameters } from "./read-parameters";
import { readTools } from "./read-tools";

/** Forgets what an earlier reading left, so that reading twice gives the same as reading once. */
function reset(request: CanonicalRequest): void {
  // Unlike `[]`, this has room for some elements from the start.
  request.parts = new Array<Part>();
  request.tools = NO_TOOLS;
  request.toolChoice = ToolChoice.Unset;
  request.toolChoiceName = -1;
  request.parallelToolCalls = Flag.Unset;
  request.responseFormat = ResponseFormat.Text;
  request.schema = -1;
  request.schemaName = -1;
  request.schemaStrict = -1;
  request.schemaDescription = -1;
  request.choices = 1;
  request.stop = -1;
  request.logprobs = -1;
}

/** Fills everything that `readHead` leaves out. Members that OpenAI does not know are ignored (checklist item 30). */
export function readAll(request: CanonicalRequest, failure: Failure): bool {
  const root = request.document.root();
  const fields = readFields(request.document, failure);
  reset(request);
  request.extras = root;
  new MessageReader(request, fields).readAll(request.document.find(root, keys.MESSAGES));
  if (!fields.failed) readTools(root, request, fields);
  if (!fields.failed) readParameters(root, request, fields);
  return !fields.failed;
}
