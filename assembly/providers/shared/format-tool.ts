import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, ResponseFormat, ToolChoice } from "../../canonical/request";
import { JsonKey } from "../../json/document";
import { isBlank } from "./text";
import { OPEN_SCHEMA, writeToolSchema } from "./tool-schema";
import { writeRaw } from "./values";

/** The tool that stands for a response format; its name is LiteLLM's, so that histories can move between gateways. */
export const JSON_TOOL_NAME = new JsonKey("json_tool_call");
/** The same as a JSON string. */
export const FORMAT_TOOL_NAME = '"json_tool_call"';

/** Whether the client offers a tool of this name. */
export function hasTool(request: CanonicalRequest, name: JsonKey): bool {
  const tools = request.tools;
  for (let index = 0; index < tools.length; index++) {
    if (request.document.equals(unchecked(tools[index]).name, name)) return true;
  }
  return false;
}

/** Writes what the tool is for, a JSON string: what the client says of its schema, or a sentence. */
export function writeFormatDescription(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const node = request.schemaDescription;
  if (isBlank(document.textPointer(node), document.textLength(node))) {
    out.ascii('"Gives the final answer to the user as JSON."');
  } else writeRaw(document, node, out);
}

/** Writes what the tool takes: the client's schema, or any object. */
export function writeFormatSchema(request: CanonicalRequest, out: ByteBuffer): void {
  if (request.document.isObject(request.schema)) writeToolSchema(request.document, request.schema, out);
  else out.ascii(OPEN_SCHEMA);
}

/**
 * Whether the tool must be called, and is the only one that may be: the form of answer for vendors that have no word for it but can force
 * one certain tool.
 */
export function forcesFormatTool(request: CanonicalRequest): bool {
  if (request.responseFormat == ResponseFormat.Text) return false;
  return request.tools.length == 0 || request.toolChoice == ToolChoice.None;
}

/** Whether the client wants one certain tool to be called, so that there is no answer that could have a form. */
export function forcesOneTool(request: CanonicalRequest): bool {
  if (request.toolChoice == ToolChoice.Named) return true;
  return request.toolChoice == ToolChoice.Required && request.tools.length == 1;
}
