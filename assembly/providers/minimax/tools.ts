import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Tool, ToolChoice } from "../../canonical/request";
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

function forcedTool(request: CanonicalRequest): Tool | null {
  if (request.toolChoice == ToolChoice.Named) return findChosenTool(request);
  return forcesOneTool(request) ? unchecked(request.tools[0]) : null;
}

/** JSON has no other word than a function that must be called: glyphs are a language of their own. */
function writeFormat(request: CanonicalRequest, out: ByteBuffer): void {
  out.ascii(',"functions":[{"name":');
  out.ascii(FORMAT_TOOL_NAME);
  out.ascii(',"description":');
  writeFormatDescription(request, out);
  out.ascii(',"parameters":');
  writeFormatSchema(request, out);
  out.ascii('}],"function_call":{"type":"specific","name":');
  out.ascii(FORMAT_TOOL_NAME);
  out.byte(0x7d);
}

/**
 * Writes `functions` and `function_call`: `auto`, `none`, or `specific` with a name. `required` with several tools becomes `auto`, the
 * nearest that the vendor has. Source: https://platform.minimaxi.com/document/guides/chat-model/pro/api (functions)
 */
export function writeFunctions(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const tools = request.tools;
  if (forcesFormatTool(request)) {
    writeFormat(request, out);
    return;
  }
  if (tools.length == 0) return;
  out.ascii(',"functions":[');
  for (let index = 0; index < tools.length; index++) {
    const tool = unchecked(tools[index]);
    out.ascii(index > 0 ? ',{"name":' : '{"name":');
    writeRaw(document, tool.name, out);
    if (!isBlank(document.textPointer(tool.description), document.textLength(tool.description))) {
      out.ascii(',"description":');
      writeRaw(document, tool.description, out);
    }
    out.ascii(',"parameters":');
    writeToolSchema(document, tool.parameters, out);
    out.byte(0x7d);
  }
  out.ascii('],"function_call":{"type":');
  const forced = forcedTool(request);
  if (forced !== null) {
    out.ascii('"specific","name":');
    writeRaw(document, forced.name, out);
  } else out.ascii(request.toolChoice == ToolChoice.None ? '"none"' : '"auto"');
  out.byte(0x7d);
}
