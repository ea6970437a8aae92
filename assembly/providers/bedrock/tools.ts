import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, PartKind, Tool, ToolChoice } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { FormatForm } from "../anthropic/plan";
import { FORMAT_TOOL_NAME, writeFormatDescription, writeFormatSchema } from "../shared/format-tool";
import { isBlank } from "../shared/text";
import { listCalledTools } from "../shared/tool-history";
import { EMPTY_SCHEMA, writeToolSchema } from "../shared/tool-schema";
import { writeRaw } from "../shared/values";
import { CachePlan } from "./cache";
import { ConversePlan } from "./plan";

/** Writes `toolConfig`. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
class ToolWriter {
  private document: JsonDocument;
  private count: i32 = 0;

  constructor(
    private request: CanonicalRequest,
    private plan: ConversePlan,
    private cache: CachePlan,
    private out: ByteBuffer,
  ) {
    this.document = request.document;
  }

  write(): void {
    const request = this.request;
    const rewind = this.out.length;
    const isForbidden = request.toolChoice == ToolChoice.None && !hasToolHistory(request);
    this.out.ascii(',"toolConfig":{"tools":[');
    if (!isForbidden) this.writeOffered();
    if (this.count == 0) this.writeStubs();
    if (this.plan.format == FormatForm.Tool) this.writeFormatTool();
    if (this.count == 0) {
      this.out.length = rewind;
      return;
    }
    this.out.byte(0x5d);
    if (!this.plan.limitsCalls) this.writeChoice();
    this.out.byte(0x7d);
  }

  private writeOffered(): void {
    const tools = this.request.tools;
    const chosenOnly = this.request.toolChoice == ToolChoice.Named && this.plan.offersChosenOnly;
    for (let index = 0; index < tools.length; index++) {
      const tool = unchecked(tools[index]);
      if (!chosenOnly || this.isChosen(tool)) this.writeTool(tool);
    }
    // A choice of a tool that is not there is the vendor's to refuse.
    for (let index = 0; index < tools.length && this.count == 0; index++) this.writeTool(unchecked(tools[index]));
  }

  private isChosen(tool: Tool): bool {
    const document = this.document;
    const wanted = this.request.toolChoiceName;
    return (
      document.rawLength(tool.name) == document.rawLength(wanted) &&
      memory.compare(document.rawPointer(tool.name), document.rawPointer(wanted), document.rawLength(wanted)) == 0
    );
  }

  private writeTool(tool: Tool): void {
    const document = this.document;
    const out = this.out;
    this.begin();
    this.plan.names.write(document, tool.name, out);
    this.writeDescription(tool.description);
    out.ascii(',"inputSchema":{"json":');
    writeToolSchema(document, tool.parameters, out);
    out.byte(0x7d);
    const claude = this.plan.claude;
    if (claude !== null && claude.quirks.hasStructuredOutputs && document.boolean(tool.strict)) {
      out.ascii(',"strict":true');
    }
    out.ascii("}}");
    this.cache.writeBehindTool(document, tool.cacheControl, out);
  }

  private begin(): void {
    if (this.count > 0) this.out.byte(0x2c);
    this.count += 1;
    this.out.ascii('{"toolSpec":{"name":');
  }

  private writeDescription(node: i32): void {
    if (isBlank(this.document.textPointer(node), this.document.textLength(node))) return;
    this.out.ascii(',"description":');
    writeRaw(this.document, node, this.out);
  }

  /** The vendor refuses a history of tool calls without tools, so those that were called stand in. */
  private writeStubs(): void {
    const called = listCalledTools(this.request);
    for (let index = 0; index < called.length; index++) {
      this.begin();
      this.plan.names.write(this.document, unchecked(called[index]).name, this.out);
      this.out.ascii(',"inputSchema":{"json":');
      this.out.ascii(EMPTY_SCHEMA);
      this.out.ascii("}}}");
    }
  }

  private writeFormatTool(): void {
    const request = this.request;
    this.begin();
    this.out.ascii(FORMAT_TOOL_NAME);
    this.out.ascii(',"description":');
    writeFormatDescription(request, this.out);
    this.out.ascii(',"inputSchema":{"json":');
    writeFormatSchema(request, this.out);
    this.out.ascii("}}}");
  }

  private writeChoice(): void {
    const out = this.out;
    switch (this.plan.choice) {
      case ToolChoice.Auto:
        out.ascii(',"toolChoice":{"auto":{}}');
        return;
      case ToolChoice.Required:
        out.ascii(',"toolChoice":{"any":{}}');
        return;
      case ToolChoice.Named:
        out.ascii(',"toolChoice":{"tool":{"name":');
        if (this.plan.choosesFormat) out.ascii(FORMAT_TOOL_NAME);
        else this.plan.names.write(this.document, this.request.toolChoiceName, out);
        out.ascii("}}");
        return;
      default:
        return;
    }
  }
}

/** Whether the conversation holds tool calls or results, which the vendor takes beside `toolConfig` only. */
function hasToolHistory(request: CanonicalRequest): bool {
  for (let index = 0; index < request.parts.length; index++) {
    const kind = unchecked(request.parts[index]).kind;
    if (kind == PartKind.ToolCall || kind == PartKind.ToolResult) return true;
  }
  return false;
}

/** Writes `,"toolConfig":{...}` where the request needs it: the client's tools, stubs for a history that calls tools, the format's tool. */
export function writeTools(request: CanonicalRequest, plan: ConversePlan, cache: CachePlan, out: ByteBuffer): void {
  new ToolWriter(request, plan, cache, out).write();
}
