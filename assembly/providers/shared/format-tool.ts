import { CanonicalRequest } from "../../canonical/request";
import { JsonKey } from "../../json/document";

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
