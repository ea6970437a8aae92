import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, PartKind, Role, Tool } from "../../canonical/request";
import { JsonDocument, JsonKey } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { writeCallId } from "./call-ids";
import { isBlank } from "./text";
import { writeToolSchema } from "./tool-schema";
import { escapeArguments, writeRaw } from "./values";

/*
 * Members that several vendors write in nearly the same way as OpenAI does: numbers under another name, stop sequences, tools.
 * Each writer begins with a comma and the member's name, and writes nothing when the client did not give the member.
 */

/** Writes `,"name":`. */
export function beginMember(name: string, out: ByteBuffer): void {
  out.ascii(',"');
  out.ascii(name);
  out.ascii('":');
}

/** Writes a number as the client wrote it. */
export function writeNumber(name: string, document: JsonDocument, node: i32, out: ByteBuffer): void {
  if (!document.isNumber(node)) return;
  beginMember(name, out);
  writeRaw(document, node, out);
}

/** Writes a number as the client wrote it, or the nearest that the vendor takes. False when it was not the client's. */
export function writeClamped(
  name: string,
  document: JsonDocument,
  node: i32,
  least: f64,
  leastText: string,
  most: f64,
  mostText: string,
  out: ByteBuffer,
): bool {
  if (!document.isNumber(node)) return true;
  const value = document.float(node);
  beginMember(name, out);
  if (value < least) out.ascii(leastText);
  else if (value > most) out.ascii(mostText);
  else {
    writeRaw(document, node, out);
    return true;
  }
  return false;
}

/** Writes the stop sequences as an array; empty ones say nothing and are left out. */
export function writeStops(name: string, request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const rewind = out.length;
  beginMember(name, out);
  out.byte(0x5b);
  const start = out.length;
  const isList = document.isArray(request.stop);
  let node = isList ? document.first(request.stop) : request.stop;
  while (node >= 0) {
    if (document.textLength(node) > 0) {
      if (out.length > start) out.byte(0x2c);
      writeRaw(document, node, out);
    }
    node = isList ? document.nextElement(node) : -1;
  }
  if (out.length == start) out.length = rewind;
  else out.byte(0x5d);
}

/** Writes a member of the client's request that only this vendor knows, when it is of the kind that the vendor takes. */
export function writeExtra(request: CanonicalRequest, key: JsonKey, out: ByteBuffer): void {
  const node = request.document.find(request.extras, key);
  if (!request.document.isPresent(node)) return;
  out.ascii(',"');
  out.bytes(key.pointer, key.length);
  out.ascii('":');
  writeRaw(request.document, node, out);
}

/** Writes `{"type":"function","function":{"name","description","parameters"}}`, with a schema also where the client gave none. */
export function writeFunctionTool(document: JsonDocument, tool: Tool, out: ByteBuffer): void {
  out.ascii('{"type":"function","function":{"name":');
  writeRaw(document, tool.name, out);
  if (!isBlank(document.textPointer(tool.description), document.textLength(tool.description))) {
    out.ascii(',"description":');
    writeRaw(document, tool.description, out);
  }
  out.ascii(',"parameters":');
  writeToolSchema(document, tool.parameters, out);
  out.ascii("}}");
}

/** Writes the tool calls of `[start, end)` as `,"tool_calls":[{"id","type","function":{"name","arguments"}}]`, the arguments as a text. */
export function writeToolCalls(request: CanonicalRequest, start: i32, end: i32, out: ByteBuffer): void {
  const document = request.document;
  const rewind = out.length;
  out.ascii(',"tool_calls":[');
  const opening = out.length;
  for (let index = start; index < end; index++) {
    const part = unchecked(request.parts[index]);
    if (part.kind != PartKind.ToolCall) continue;
    if (out.length > opening) out.byte(0x2c);
    out.ascii('{"id":');
    writeCallId(document, part, out);
    out.ascii(',"type":"function","function":{"name":');
    writeRaw(document, part.name, out);
    out.ascii(',"arguments":"');
    escapeArguments(document, part.value, out);
    out.ascii('"}}');
  }
  if (out.length == opening) out.length = rewind;
  else out.byte(0x5d);
}

/** The tool that the client's tool choice names, or null when it offers none of that name. */
export function findChosenTool(request: CanonicalRequest): Tool | null {
  const document = request.document;
  const wanted = new ByteBuffer();
  const name = new ByteBuffer();
  unescapeInto(document.textPointer(request.toolChoiceName), document.textLength(request.toolChoiceName), wanted);
  let found: Tool | null = null;
  for (let index = 0; index < request.tools.length && found === null; index++) {
    const tool = unchecked(request.tools[index]);
    name.length = 0;
    unescapeInto(document.textPointer(tool.name), document.textLength(tool.name), name);
    const same = name.length == wanted.length && memory.compare(name.pointer, wanted.pointer, name.length) == 0;
    if (same) found = tool;
  }
  wanted.free();
  name.free();
  return found;
}

/** The name of a role where vendors have the same four as OpenAI. */
export function roleName(role: Role): string {
  switch (role) {
    case Role.System:
      return "system";
    case Role.Assistant:
      return "assistant";
    case Role.Tool:
      return "tool";
    default:
      return "user";
  }
}
