import { CanonicalRequest, ResponseFormat, ToolChoice } from "../../canonical/request";
import { AttemptTarget } from "../provider";
import { hasTool, JSON_TOOL_NAME } from "../shared/format-tool";
import { NameRule, ToolNames } from "../shared/tool-names";
import { findQuirks, ModelQuirks } from "./models";

/** How `response_format` is asked for. */
export const enum FormatForm {
  None = 0,
  /** `responseMimeType`, with a schema where the client gave one */
  Native = 1,
  /** A function whose arguments are the answer. */
  Tool = 2,
}

/** What one request to one model comes down to: the decisions that depend on more than one member. */
export class RequestPlan {
  quirks: ModelQuirks;
  names: ToolNames;
  format: FormatForm = FormatForm.None;
  /** Whether the client's tools are offered. */
  offersTools: bool;

  constructor(request: CanonicalRequest, target: AttemptTarget) {
    this.quirks = findQuirks(target.model);
    this.names = new ToolNames(request, NameRule.Identifier);
    this.offersTools = request.tools.length > 0;
    if (request.responseFormat != ResponseFormat.Text) this.chooseFormat(request);
  }

  private chooseFormat(request: CanonicalRequest): void {
    this.format = FormatForm.Native;
    if (!this.offersTools || this.quirks.isThird) return;
    // Before Gemini 3, functions and a form of answer exclude each other: "Function calling with a response mime type:
    // 'application/json' is unsupported". https://ai.google.dev/gemini-api/docs/gemini-3 (structured outputs with tools)
    if (request.toolChoice == ToolChoice.None) this.offersTools = false;
    else this.format = hasTool(request, JSON_TOOL_NAME) ? FormatForm.None : FormatForm.Tool;
  }
}
