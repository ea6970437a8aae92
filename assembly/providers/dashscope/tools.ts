import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Flag, ToolChoice } from "../../canonical/request";
import { writeFunctionTool } from "../shared/native-members";
import { writeRaw } from "../shared/values";
import { RequestPlan, ThinkWish } from "./plan";

/**
 * Writes `tools`, `tool_choice` and `parallel_tool_calls`. The vendor knows no `required`: with one tool it is that tool, with several
 * the model decides; and a model that thinks always decides by itself.
 * Source: https://www.alibabacloud.com/help/en/model-studio/qwen-function-calling
 */
export function writeTools(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  const tools = request.tools;
  if (tools.length == 0) return;
  out.ascii(',"tools":[');
  for (let index = 0; index < tools.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeFunctionTool(request.document, unchecked(tools[index]), out);
  }
  out.byte(0x5d);
  if (request.parallelToolCalls != Flag.Unset) {
    out.ascii(',"parallel_tool_calls":');
    out.ascii(request.parallelToolCalls == Flag.True ? "true" : "false");
  }
  writeToolChoice(request, plan, out);
}

function writeToolChoice(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  if (request.toolChoice == ToolChoice.None) {
    out.ascii(',"tool_choice":"none"');
    return;
  }
  let name = request.toolChoice == ToolChoice.Named ? request.toolChoiceName : -1;
  if (request.toolChoice == ToolChoice.Required && request.tools.length == 1) name = unchecked(request.tools[0]).name;
  if (name < 0 || plan.think == ThinkWish.On) return;
  out.ascii(',"tool_choice":{"type":"function","function":{"name":');
  writeRaw(request.document, name, out);
  out.ascii("}}");
}
