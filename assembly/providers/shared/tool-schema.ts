import { ByteBuffer } from "../../bytes/buffer";
import { JsonDocument, JsonKey } from "../../json/document";
import { writeRaw } from "./values";

const TYPE = new JsonKey("type");
/** What a tool without parameters takes. */
export const EMPTY_SCHEMA = '{"type":"object","properties":{}}';
/** What a tool takes that stands for any JSON object. */
export const OPEN_SCHEMA = '{"type":"object","additionalProperties":true,"properties":{}}';

/**
 * Writes the schema of a tool's input for vendors that demand `"type":"object"`: the client's bytes, but an object whose type is
 * missing gets it. Sources: https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools and
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolInputSchema.html
 */
export function writeToolSchema(document: JsonDocument, node: i32, out: ByteBuffer): void {
  if (!document.isObject(node) || document.first(node) < 0) {
    out.ascii(EMPTY_SCHEMA);
    return;
  }
  if (document.find(node, TYPE) >= 0) {
    writeRaw(document, node, out);
    return;
  }
  out.ascii('{"type":"object",');
  out.bytes(document.rawPointer(node) + 1, document.rawLength(node) - 1);
}
