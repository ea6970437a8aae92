import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, ToolChoice } from "../../canonical/request";
import { findChosenTool, writeFunctionTool } from "../shared/native-members";

/**
 * Writes `tools`. Ollama knows no `tool_choice`, and sending one hangs some models: a tool that must be called is the only one offered,
 * and where none may be called, none is. Source: https://docs.ollama.com/capabilities/tool-calling
 */
export function writeTools(request: CanonicalRequest, out: ByteBuffer): void {
  const tools = request.tools;
  if (tools.length == 0 || request.toolChoice == ToolChoice.None) return;
  const chosen = request.toolChoice == ToolChoice.Named ? findChosenTool(request) : null;
  out.ascii(',"tools":[');
  const start = out.length;
  for (let index = 0; index < tools.length; index++) {
    const tool = unchecked(tools[index]);
    if (chosen !== null && chosen !== tool) continue;
    if (out.length > start) out.byte(0x2c);
    writeFunctionTool(request.document, tool, out);
  }
  out.byte(0x5d);
}
