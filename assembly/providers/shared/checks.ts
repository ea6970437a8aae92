import { ByteBuffer } from "../../bytes/buffer";
import { Failure, FailureReason } from "../../canonical/failure";
import { Part } from "../../canonical/request";
import { JsonDocument, JsonError } from "../../json/document";
import { writeArguments } from "./values";

/** Fills a failure as a 400 with `param`; gives false, so that a check can end with it. */
export function reject(failure: Failure, message: string, param: string): bool {
  failure.set(FailureReason.BadRequest, 400, message, "", param);
  return false;
}

/** `messages[3].content`; made for errors only. */
export function nameContent(part: Part): string {
  return "messages[" + part.message.toString() + "].content";
}

/** Refuses a part of a kind that no translation knows; its type is named when it is short. */
export function rejectUnknown(document: JsonDocument, part: Part, failure: Failure): bool {
  reject(failure, "This kind of content is not supported by this model's provider.", nameContent(part));
  const length = document.textLength(part.name);
  if (length > 0 && length <= 64) {
    const message = new ByteBuffer();
    message.ascii("Content of type '");
    message.bytes(document.textPointer(part.name), length);
    message.ascii("' is not supported by this model's provider.");
    failure.message = message.toText();
    message.free();
  }
  return false;
}

const toolArguments = new ByteBuffer();
const parsed = new JsonDocument();

/** Whether a tool call of the history can be sent: it has a name, and arguments that are a JSON object. Fills the failure otherwise. */
export function checkToolCall(document: JsonDocument, part: Part, failure: Failure): bool {
  if (document.textLength(part.name) == 0) return rejectToolCall(failure, "A tool call needs a name.", part);
  writeArguments(document, part.value, toolArguments);
  const error = parsed.parse(toolArguments.pointer, toolArguments.length, 1);
  const isObject = error == JsonError.None && parsed.isObject(parsed.root());
  toolArguments.free();
  parsed.free();
  return isObject || rejectToolCall(failure, "The arguments of a tool call must be a JSON object.", part);
}

function rejectToolCall(failure: Failure, message: string, part: Part): bool {
  return reject(failure, message, "messages[" + part.message.toString() + "].tool_calls");
}
