import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, ToolChoice } from "../../canonical/request";
import { findChosenTool, writeFunctionTool } from "../shared/native-members";

/**
 * Writes `tools`, `strict_tools` and `tool_choice`. The vendor cannot name a tool that must be called: it is then the only one offered.
 * Source: https://docs.cohere.com/reference/chat (tools, strict_tools, tool_choice)
 */
export function writeTools(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const tools = request.tools;
  if (tools.length == 0) return;
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
  out.byte(0x5d);
  if (isStrict) out.ascii(',"strict_tools":true');
  if (request.toolChoice == ToolChoice.None) out.ascii(',"tool_choice":"NONE"');
  else if (chosen !== null || request.toolChoice == ToolChoice.Required) out.ascii(',"tool_choice":"REQUIRED"');
}
