import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Flag, Tool, ToolChoice } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { FORMAT_TOOL_NAME, writeFormatDescription, writeFormatSchema } from "../shared/format-tool";
import { isBlank } from "../shared/text";
import { listCalledTools } from "../shared/tool-history";
import { EMPTY_SCHEMA, writeToolSchema } from "../shared/tool-schema";
import { writeRaw } from "../shared/values";
import { FormatForm, possibleToolChoice, RequestPlan } from "./plan";

function writeTool(document: JsonDocument, tool: Tool, plan: RequestPlan, out: ByteBuffer): void {
  out.ascii('{"name":');
  writeRaw(document, tool.name, out);
  if (!isBlank(document.textPointer(tool.description), document.textLength(tool.description))) {
    out.ascii(',"description":');
    writeRaw(document, tool.description, out);
  }
  out.ascii(',"input_schema":');
  writeToolSchema(document, tool.parameters, out);
  if (plan.quirks.hasStructuredOutputs && document.boolean(tool.strict)) out.ascii(',"strict":true');
  if (document.isObject(tool.cacheControl)) {
    out.ascii(',"cache_control":');
    writeRaw(document, tool.cacheControl, out);
  }
  out.byte(0x7d);
}

/** Writes one stub for each tool that the history calls and gives their number; `out` may already hold other tools. */
function writeStubs(request: CanonicalRequest, out: ByteBuffer): i32 {
  const called = listCalledTools(request);
  for (let index = 0; index < called.length; index++) {
    if (index > 0) out.byte(0x2c);
    out.ascii('{"name":');
    writeRaw(request.document, unchecked(called[index]).name, out);
    out.ascii(',"input_schema":');
    out.ascii(EMPTY_SCHEMA);
    out.byte(0x7d);
  }
  return called.length;
}

function writeFormatTool(request: CanonicalRequest, out: ByteBuffer): void {
  out.ascii('{"name":');
  out.ascii(FORMAT_TOOL_NAME);
  out.ascii(',"description":');
  writeFormatDescription(request, out);
  out.ascii(',"input_schema":');
  writeFormatSchema(request, out);
  out.byte(0x7d);
}

/**
 * Writes `,"tools":[...]` and `,"tool_choice":{...}` where the request needs them: the client's tools, else stubs for a history that
 * calls tools (the vendor answers 400 without them), and the tool that stands for the response format.
 */
export function writeTools(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  const tools = request.tools;
  const rewind = out.length;
  out.ascii(',"tools":[');
  for (let index = 0; index < tools.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeTool(request.document, unchecked(tools[index]), plan, out);
  }
  let count = tools.length;
  if (count == 0) count = writeStubs(request, out);
  if (plan.format == FormatForm.Tool) {
    if (count > 0) out.byte(0x2c);
    writeFormatTool(request, out);
    count += 1;
  }
  if (count == 0) {
    out.length = rewind;
    return;
  }
  out.byte(0x5d);
  if (plan.format == FormatForm.Tool) writeFormatChoice(request, plan, out);
  else if (tools.length == 0) out.ascii(',"tool_choice":{"type":"none"}');
  else writeToolChoice(request, possibleToolChoice(request.toolChoice, plan), out);
}

/** Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools (controlling Claude's output) */
function writeToolChoice(request: CanonicalRequest, choice: ToolChoice, out: ByteBuffer): void {
  const single = request.parallelToolCalls == Flag.False;
  if (choice == ToolChoice.Unset && !single) return;
  out.ascii(',"tool_choice":{"type":');
  switch (choice) {
    case ToolChoice.None:
      out.ascii('"none"}');
      return;
    case ToolChoice.Required:
      out.ascii('"any"');
      break;
    case ToolChoice.Named:
      out.ascii('"tool","name":');
      writeRaw(request.document, request.toolChoiceName, out);
      break;
    default:
      out.ascii('"auto"');
  }
  if (single) out.ascii(',"disable_parallel_tool_use":true');
  out.byte(0x7d);
}

/** The model must give its JSON, or call one of the client's tools where the client allows that. */
function writeFormatChoice(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  const mayCallTools = request.tools.length > 0 && request.toolChoice != ToolChoice.None;
  if (mayCallTools) {
    const wanted = request.toolChoice == ToolChoice.Named ? ToolChoice.Named : ToolChoice.Required;
    writeToolChoice(request, possibleToolChoice(wanted, plan), out);
    return;
  }
  if (possibleToolChoice(ToolChoice.Named, plan) == ToolChoice.Auto) {
    out.ascii(',"tool_choice":{"type":"auto","disable_parallel_tool_use":true}');
    return;
  }
  out.ascii(',"tool_choice":{"type":"tool","name":');
  out.ascii(FORMAT_TOOL_NAME);
  out.ascii(',"disable_parallel_tool_use":true}');
}
