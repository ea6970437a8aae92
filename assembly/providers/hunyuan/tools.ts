import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Tool, ToolChoice } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { escapeInto } from "../../json/write";
import {
  FORMAT_TOOL_NAME,
  forcesFormatTool,
  forcesOneTool,
  writeFormatDescription,
  writeFormatSchema,
} from "../shared/format-tool";
import { findChosenTool } from "../shared/native-members";
import { isBlank } from "../shared/text";
import { writeToolSchema } from "../shared/tool-schema";
import { writeRaw } from "../shared/values";

/** Writes a tool; its schema is a text that holds JSON. */
function writeTool(document: JsonDocument, tool: Tool, scratch: ByteBuffer, out: ByteBuffer): void {
  out.ascii('{"Type":"function","Function":{"Name":');
  writeRaw(document, tool.name, out);
  if (!isBlank(document.textPointer(tool.description), document.textLength(tool.description))) {
    out.ascii(',"Description":');
    writeRaw(document, tool.description, out);
  }
  out.ascii(',"Parameters":"');
  scratch.length = 0;
  writeToolSchema(document, tool.parameters, scratch);
  escapeInto(scratch.pointer, scratch.length, out);
  out.ascii('"}}');
}

/** The one tool that must be called, or null: the vendor forces a certain tool, never any. */
function forcedTool(request: CanonicalRequest): Tool | null {
  if (request.toolChoice == ToolChoice.Named) return findChosenTool(request);
  return forcesOneTool(request) ? unchecked(request.tools[0]) : null;
}

function writeFormatTool(request: CanonicalRequest, scratch: ByteBuffer, out: ByteBuffer): void {
  out.ascii('{"Type":"function","Function":{"Name":');
  out.ascii(FORMAT_TOOL_NAME);
  out.ascii(',"Description":');
  writeFormatDescription(request, out);
  out.ascii(',"Parameters":"');
  scratch.length = 0;
  writeFormatSchema(request, scratch);
  escapeInto(scratch.pointer, scratch.length, out);
  out.ascii('"}}');
}

/** The API has no word for the form of an answer: a tool that must be called takes it. */
function writeFormat(request: CanonicalRequest, out: ByteBuffer): void {
  const scratch = new ByteBuffer();
  out.ascii(',"Tools":[');
  writeFormatTool(request, scratch, out);
  out.ascii('],"ToolChoice":"custom","CustomTool":');
  writeFormatTool(request, scratch, out);
  scratch.free();
}

/**
 * Writes `Tools`, `ToolChoice` and `CustomTool`. `required` with several tools becomes `auto`, the nearest that the vendor has.
 * Source: https://cloud.tencent.com/document/api/1729/105701 (ToolChoice)
 */
export function writeTools(request: CanonicalRequest, out: ByteBuffer): void {
  const tools = request.tools;
  if (forcesFormatTool(request)) {
    writeFormat(request, out);
    return;
  }
  if (tools.length == 0) return;
  const scratch = new ByteBuffer();
  out.ascii(',"Tools":[');
  for (let index = 0; index < tools.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeTool(request.document, unchecked(tools[index]), scratch, out);
  }
  out.byte(0x5d);
  const forced = forcedTool(request);
  if (forced !== null) {
    out.ascii(',"ToolChoice":"custom","CustomTool":');
    writeTool(request.document, forced, scratch, out);
  } else if (request.toolChoice == ToolChoice.None) out.ascii(',"ToolChoice":"none"');
  else if (request.toolChoice != ToolChoice.Unset) out.ascii(',"ToolChoice":"auto"');
  scratch.free();
}
