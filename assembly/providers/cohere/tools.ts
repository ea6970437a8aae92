import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, ResponseFormat, ToolChoice } from "../../canonical/request";
import { FORMAT_TOOL_NAME, forcesFormatTool, writeFormatDescription, writeFormatSchema } from "../shared/format-tool";
import { findChosenTool, writeFunctionTool } from "../shared/native-members";

/**
 * Whether the form of the answer is asked for by a tool: the vendor takes no `response_format` beside tools. Where the client demands
 * a tool call there is no answer that could have a form; where it forbids them no tool is offered.
 */
export function usesFormatTool(request: CanonicalRequest): bool {
  if (request.responseFormat == ResponseFormat.Text || request.tools.length == 0) return false;
  return request.toolChoice == ToolChoice.Unset || request.toolChoice == ToolChoice.Auto;
}

/** Whether `response_format` says the form of the answer, which excludes tools. Source: https://docs.cohere.com/reference/chat */
export function usesFormat(request: CanonicalRequest): bool {
  return forcesFormatTool(request);
}

/**
 * Writes `tools`, `strict_tools` and `tool_choice`. The vendor cannot name a tool that must be called: it is then the only one offered.
 * Source: https://docs.cohere.com/reference/chat (tools, strict_tools, tool_choice)
 */
export function writeTools(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const tools = request.tools;
  if (tools.length == 0 || usesFormat(request)) return;
  const chosen = request.toolChoice == ToolChoice.Named ? findChosenTool(request) : null;
  let isStrict = false;
  out.ascii(',"tools":[');
  const start = out.length;
  for (let index = 0; index < tools.length; index++) {
    const tool = unchecked(tools[index]);
    if (chosen !== null && chosen !== tool) continue;
    if (out.length > start) out.byte(0x2c);
    writeFunctionTool(document, tool, out);
    isStrict = isStrict || document.boolean(tool.strict);
  }
  const hasFormatTool = usesFormatTool(request);
  if (hasFormatTool) {
    out.ascii(',{"type":"function","function":{"name":');
    out.ascii(FORMAT_TOOL_NAME);
    out.ascii(',"description":');
    writeFormatDescription(request, out);
    out.ascii(',"parameters":');
    writeFormatSchema(request, out);
    out.ascii("}}");
  }
  out.byte(0x5d);
  if (isStrict) out.ascii(',"strict_tools":true');
  if (request.toolChoice == ToolChoice.None) out.ascii(',"tool_choice":"NONE"');
  else if (hasFormatTool || chosen !== null || request.toolChoice == ToolChoice.Required)
    out.ascii(',"tool_choice":"REQUIRED"');
}
