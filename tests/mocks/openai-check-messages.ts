import {
  type CheckRules,
  history,
  missing,
  type Problem,
  unknownMember,
  wrongType,
  wrongValue,
} from "./openai-problem";
import { isObject, type Json, type JsonObject, textOf } from "./types";

/** The first problem of `messages`. */
export function checkMessages(messages: Json | undefined, rules: CheckRules): Problem | null {
  if (messages === undefined) return missing("messages");
  if (!Array.isArray(messages)) return wrongType("messages", "an array of objects", messages);
  if (messages.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    return { kind: "value", param: "messages", message, code: "empty_array", got: "[]", allowed: [] };
  }
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    if (!isObject(message)) return wrongType(path, "an object", message);
    if (message.role === undefined) return missing(`${path}.role`);
    if (typeof message.role !== "string") return wrongType(`${path}.role`, "a string", message.role);
    if (!rules.roles.includes(message.role)) return wrongValue(`${path}.role`, message.role, rules.roles);
    const problem = checkMessage(message, path, rules);
    if (problem) return problem;
  }
  return null;
}

function checkMessage(message: JsonObject, path: string, rules: CheckRules): Problem | null {
  const unknown = rules.messageMembers && Object.keys(message).find((name) => !rules.messageMembers?.includes(name));
  if (typeof unknown === "string") return unknownMember(`${path}.${unknown}`);
  if (message.role === "tool" && typeof message.tool_call_id !== "string") return missing(`${path}.tool_call_id`);
  const problem = message.role === "assistant" ? checkCalls(message.tool_calls, `${path}.tool_calls`) : null;
  if (problem) return problem;
  const content = message.content;
  if (content === undefined || content === null) {
    const mayLack = message.role === "assistant" && (message.tool_calls || message.function_call || message.refusal);
    if (mayLack || message.role === "function") return null;
    return { ...wrongType(`${path}.content`, "a string or array of objects", content ?? null), code: null };
  }
  if (typeof content === "string") return null;
  if (!Array.isArray(content)) return wrongType(`${path}.content`, "a string or array of objects", content);
  for (const [index, part] of content.entries()) {
    const problem = checkPart(part, `${path}.content[${index}]`, message.role as string, rules);
    if (problem) return problem;
  }
  return null;
}

function checkPart(part: Json, path: string, role: string, rules: CheckRules): Problem | null {
  if (!isObject(part)) return wrongType(path, "an object", part);
  if (part.type === undefined) return missing(`${path}.type`);
  const allowed = role === "user" ? rules.partTypes : role === "assistant" ? ["text", "refusal"] : ["text"];
  if (!allowed.includes(textOf(part.type))) return wrongValue(`${path}.type`, part.type, allowed);
  if (part.type === "text" && typeof part.text !== "string") {
    return part.text === undefined ? missing(`${path}.text`) : wrongType(`${path}.text`, "a string", part.text);
  }
  if (part.type === "image_url") return checkImage(part.image_url, `${path}.image_url`);
  return null;
}

function checkImage(image: Json | undefined, path: string): Problem | null {
  if (image === undefined) return missing(path);
  if (!isObject(image)) return wrongType(path, "an object", image);
  if (typeof image.url !== "string")
    return image.url === undefined ? missing(`${path}.url`) : wrongType(`${path}.url`, "a string", image.url);
  const inline = /^data:image\/(png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/]+=*$/i;
  if (/^https?:\/\/[^\s/]+/i.test(image.url) || inline.test(image.url)) return null;
  const message = image.url.startsWith("data:")
    ? "Invalid base64 image_url."
    : `Invalid '${path}.url'. Expected a valid URL or base64-encoded data URL, but got a value with an invalid format.`;
  return {
    kind: "value",
    param: `${path}.url`,
    message,
    code: "invalid_image_url",
    got: image.url.slice(0, 40),
    allowed: [],
  };
}

function checkCalls(calls: Json | undefined, path: string): Problem | null {
  if (calls === undefined || calls === null) return null;
  if (!Array.isArray(calls)) return wrongType(path, "an array of objects", calls);
  if (calls.length === 0) {
    const message = `Invalid '${path}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
    return { kind: "value", param: path, message, code: "empty_array", got: "[]", allowed: [] };
  }
  for (const [index, call] of calls.entries()) {
    const at = `${path}[${index}]`;
    if (!isObject(call)) return wrongType(at, "an object", call);
    if (typeof call.id !== "string") return missing(`${at}.id`);
    if (call.type !== "function")
      return call.type === undefined ? missing(`${at}.type`) : wrongValue(`${at}.type`, call.type, ["function"]);
    if (!isObject(call.function)) return missing(`${at}.function`);
    if (typeof call.function.name !== "string") return missing(`${at}.function.name`);
    const given = call.function.arguments;
    if (typeof given !== "string") {
      return given === undefined
        ? missing(`${at}.function.arguments`)
        : wrongType(`${at}.function.arguments`, "a string", given);
    }
  }
  return null;
}

/** Tool messages answer the calls of the assistant's turn before them: all of them, and nothing else. */
export function checkToolHistory(messages: JsonObject[]): Problem | null {
  let open: string[] = [];
  let answering = false;
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      const at = open.indexOf(textOf(message.tool_call_id));
      if (!answering || at < 0) {
        return history(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        );
      }
      open.splice(at, 1);
      continue;
    }
    if (open.length > 0) break;
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isObject) : [];
    open = calls.map((call) => textOf(call.id));
    answering = open.length > 0;
  }
  if (open.length === 0) return null;
  const text = `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(", ")}`;
  return history(text, "messages");
}
