import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Tool, ToolChoice } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { FORMAT_TOOL_NAME, writeFormatDescription } from "../shared/format-tool";
import { isBlank } from "../shared/text";
import { writeRaw } from "../shared/values";
import { FormatForm, RequestPlan } from "./plan";
import { writeSchema } from "./schema";

const PROPERTIES = new JsonKey("properties");

/** Writes the parameters of a function; a function without any has no such member, because an object without properties is refused. */
function writeParameters(document: JsonDocument, node: i32, plan: RequestPlan, out: ByteBuffer): void {
  const properties = document.find(node, PROPERTIES);
  if (!document.isObject(properties) || document.first(properties) < 0) return;
  if (plan.quirks.hasJsonSchema) {
    out.ascii(',"parametersJsonSchema":');
    writeRaw(document, node, out);
    return;
  }
  out.ascii(',"parameters":');
  writeSchema(document, node, out);
}

function writeDescription(document: JsonDocument, node: i32, out: ByteBuffer): void {
  if (isBlank(document.textPointer(node), document.textLength(node))) return;
  out.ascii(',"description":');
  writeRaw(document, node, out);
}

function writeTool(document: JsonDocument, tool: Tool, plan: RequestPlan, out: ByteBuffer): void {
  out.ascii('{"name":');
  plan.names.write(document, tool.name, out);
  writeDescription(document, tool.description, out);
  writeParameters(document, tool.parameters, plan, out);
  out.byte(0x7d);
}

function writeFormatTool(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  out.ascii('{"name":');
  out.ascii(FORMAT_TOOL_NAME);
  out.ascii(',"description":');
  writeFormatDescription(request, out);
  writeParameters(request.document, request.schema, plan, out);
  out.byte(0x7d);
}

/**
 * Writes `,"tools":[...]` and `,"toolConfig":{...}` where the request needs them.
 * Source: https://ai.google.dev/gemini-api/docs/function-calling
 */
export function writeTools(request: CanonicalRequest, plan: RequestPlan, out: ByteBuffer): void {
  if (!plan.offersTools) return;
  const tools = request.tools;
  out.ascii(',"tools":[{"functionDeclarations":[');
  for (let index = 0; index < tools.length; index++) {
    if (index > 0) out.byte(0x2c);
    writeTool(request.document, unchecked(tools[index]), plan, out);
  }
  const hasFormatTool = plan.format == FormatForm.Tool;
  if (hasFormatTool) {
    out.byte(0x2c);
    writeFormatTool(request, plan, out);
  }
  out.ascii("]}]");
  let choice = request.toolChoice;
  // The model must give its JSON, or call one of the client's functions.
  if (hasFormatTool && choice != ToolChoice.Named) choice = ToolChoice.Required;
  writeToolChoice(request, plan, choice, out);
}

/** There is no word for "one call at most": `parallel_tool_calls: false` is left out. */
function writeToolChoice(request: CanonicalRequest, plan: RequestPlan, choice: ToolChoice, out: ByteBuffer): void {
  if (choice == ToolChoice.Unset) return;
  out.ascii(',"toolConfig":{"functionCallingConfig":{"mode":"');
  out.ascii(choice == ToolChoice.None ? "NONE" : choice == ToolChoice.Auto ? "AUTO" : "ANY");
  out.byte(0x22);
  if (choice == ToolChoice.Named) {
    out.ascii(',"allowedFunctionNames":[');
    plan.names.write(request.document, request.toolChoiceName, out);
    out.byte(0x5d);
  }
  out.ascii("}}");
}
