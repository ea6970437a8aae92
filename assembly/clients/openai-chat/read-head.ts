import * as keys from "../../canonical/openai-keys";
import { Failure, FailureReason } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { checkMemberTypes, checkMessageTypes } from "./check-types";
import { Expect, FieldReader, Place, readFields } from "./field-errors";

/** Whether a role node is one that OpenAI's chat API knows. */
function isKnownRole(document: JsonDocument, node: i32): bool {
  return (
    document.equals(node, keys.USER) ||
    document.equals(node, keys.ASSISTANT) ||
    document.equals(node, keys.SYSTEM) ||
    document.equals(node, keys.TOOL) ||
    document.equals(node, keys.DEVELOPER) ||
    document.equals(node, keys.FUNCTION)
  );
}

function checkMessages(document: JsonDocument, messages: i32, fields: FieldReader): void {
  let index = 0;
  for (
    let message = document.first(messages);
    message >= 0 && !fields.failed;
    message = document.nextElement(message)
  ) {
    fields.enter(Place.Message, index);
    index += 1;
    if (!fields.checked(message, "", Expect.Object)) return;
    const role = fields.required(message, keys.ROLE, "role", Expect.String);
    if (role >= 0 && !isKnownRole(document, role)) {
      fields.wrongValue("role", "supported values are system, developer, user, assistant, tool and function.");
    }
    checkMessageTypes(document, message, index - 1, fields);
  }
  fields.enter(Place.Root, 0);
}

/** Checks what every request must have and fills `model`, `stream` and `includeUsage`. */
export function readHead(request: CanonicalRequest, failure: Failure): bool {
  const document = request.document;
  const root = document.root();
  if (!document.isObject(root)) {
    failure.set(FailureReason.BadRequest, 400, "The request body must be a JSON object.", "invalid_type", "body");
    return false;
  }
  const fields = readFields(document, failure);
  const model = fields.required(root, keys.MODEL, "model", Expect.String);
  if (model >= 0 && document.textLength(model) == 0) fields.wrongValue("model", "it must not be empty.");
  const messages = fields.required(root, keys.MESSAGES, "messages", Expect.Array);
  if (messages >= 0 && document.first(messages) < 0) fields.wrongValue("messages", "at least one message is required.");
  const stream = fields.optional(root, keys.STREAM, "stream", Expect.Boolean);
  const options = fields.optional(root, keys.STREAM_OPTIONS, "stream_options", Expect.Object);
  const includeUsage = fields.optional(options, keys.INCLUDE_USAGE, "stream_options.include_usage", Expect.Boolean);
  if (fields.failed) return false;
  checkMemberTypes(document, root, fields);
  if (fields.failed) return false;
  checkMessages(document, messages, fields);
  if (fields.failed) return false;
  request.model = model;
  request.stream = document.boolean(stream);
  request.includeUsage = request.stream && document.boolean(includeUsage);
  return true;
}
