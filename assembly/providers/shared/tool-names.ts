import { ByteBuffer, copyToText, encodeText } from "../../bytes/buffer";
import { hash64 } from "../../bytes/hash";
import { CanonicalRequest, PartKind } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { unescapeInto } from "../../json/read";
import { writeRaw } from "./values";

/** What a vendor takes as the name of a tool. */
export const enum NameRule {
  /** `[a-zA-Z0-9_-]{1,64}` */
  Plain = 0,
  /** `[a-zA-Z_][a-zA-Z0-9_.-]{0,63}` */
  Identifier = 1,
}

/** Longest name that any of them takes. */
const MOST_BYTES: i32 = 64;
/** Room for a number behind a name that would otherwise be used twice. */
const MOST_SUFFIX_BYTES: i32 = 11;
const RESERVED = encodeText("json_tool_call");

function isNameByte(byte: u8, rule: NameRule): bool {
  const lower = byte | 0x20;
  if ((lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5f || byte == 0x2d) return true;
  return byte == 0x2e && rule == NameRule.Identifier;
}

/** Whether a byte, which may stand in a name, may not begin one: digits, dots and hyphens. */
function needsPrefix(byte: u8, rule: NameRule): bool {
  return rule == NameRule.Identifier && byte < 0x40;
}

function isSafe(pointer: usize, length: i32, rule: NameRule): bool {
  if (length == 0 || length > MOST_BYTES || needsPrefix(load<u8>(pointer), rule)) return false;
  for (let index = 0; index < length; index++) {
    if (!isNameByte(load<u8>(pointer + index), rule)) return false;
  }
  return true;
}

/**
 * The names of a request's tools as a vendor takes them, and the way back for its answers. Made from the request alone, so that
 * every attempt and every answer sees the same names. Empty, and nearly free, when all names are fine as they are.
 * Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html and
 * https://ai.google.dev/api/caching#FunctionDeclaration
 */
export class ToolNames {
  /** Names that were changed, as the client wrote them: the insides of JSON strings. */
  private originals: StaticArray<u8>[] = [];
  /** What took their place. */
  private replacements: StaticArray<u8>[] = [];
  /** Positions above by the hash of the name, unescaped, and of what took its place. */
  private byOriginal: Map<u64, i32> = new Map<u64, i32>();
  private byReplacement: Map<u64, i32> = new Map<u64, i32>();
  /** Hashes of all names that the vendor sees. */
  private used: Set<u64> = new Set<u64>();
  /** The name at hand; empty between two calls. */
  private scratch: ByteBuffer = new ByteBuffer();

  constructor(
    request: CanonicalRequest,
    private rule: NameRule,
  ) {
    const document = request.document;
    const nodes: i32[] = [];
    for (let index = 0; index < request.tools.length; index++) {
      this.collect(document, unchecked(request.tools[index]).name, nodes);
    }
    for (let index = 0; index < request.parts.length; index++) {
      const part = unchecked(request.parts[index]);
      if (part.kind == PartKind.ToolCall) this.collect(document, part.name, nodes);
    }
    this.collect(document, request.toolChoiceName, nodes);
    if (nodes.length > 0) this.replaceAll(request, nodes);
    this.scratch.free();
  }

  /** Whether no name was changed. */
  get isEmpty(): bool {
    return this.originals.length == 0;
  }

  /** Writes a name of the request, in quotes. */
  write(document: JsonDocument, node: i32, out: ByteBuffer): void {
    if (!this.isEmpty) {
      const hash = this.hashNode(document, node);
      this.scratch.free();
      if (this.byOriginal.has(hash)) {
        out.byte(0x22);
        out.text(unchecked(this.replacements[this.byOriginal.get(hash)]));
        out.byte(0x22);
        return;
      }
    }
    writeRaw(document, node, out);
  }

  /** The client's name for a name of the vendor's answer, both insides of JSON strings; null when it is the same. */
  restore(pointer: usize, length: i32): StaticArray<u8> | null {
    if (this.isEmpty) return null;
    const hash = hash64(pointer, length);
    if (!this.byReplacement.has(hash)) return null;
    return unchecked(this.originals[this.byReplacement.get(hash)]);
  }

  /** Adds a name that the vendor does not take. */
  private collect(document: JsonDocument, node: i32, nodes: i32[]): void {
    const scratch = this.scratch;
    if (document.textLength(node) == 0) return;
    if (!document.hasEscapes(node) && isSafe(document.textPointer(node), document.textLength(node), this.rule)) return;
    this.unescape(document, node);
    if (!isSafe(scratch.pointer, scratch.length, this.rule)) nodes.push(node);
  }

  private replaceAll(request: CanonicalRequest, nodes: i32[]): void {
    const document = request.document;
    this.used.add(hash64(changetype<usize>(RESERVED), RESERVED.length));
    for (let index = 0; index < request.tools.length; index++)
      this.keep(document, unchecked(request.tools[index]).name);
    for (let index = 0; index < request.parts.length; index++) {
      const part = unchecked(request.parts[index]);
      if (part.kind == PartKind.ToolCall) this.keep(document, part.name);
    }
    for (let index = 0; index < nodes.length; index++) this.replace(document, unchecked(nodes[index]));
  }

  /** Notes a name that is fine as it is: no other may become the same. */
  private keep(document: JsonDocument, node: i32): void {
    const hash = this.hashNode(document, node);
    const scratch = this.scratch;
    if (isSafe(scratch.pointer, scratch.length, this.rule)) this.used.add(hash);
  }

  private replace(document: JsonDocument, node: i32): void {
    const hash = this.hashNode(document, node);
    if (this.byOriginal.has(hash)) return;
    const number = this.originals.length;
    const scratch = this.scratch;
    for (let index = 0; index < scratch.length; index++) {
      const address = scratch.pointer + index;
      if (!isNameByte(load<u8>(address), this.rule)) store<u8>(address, 0x5f);
    }
    if (needsPrefix(load<u8>(scratch.pointer), this.rule)) this.prefix();
    scratch.length = min(scratch.length, MOST_BYTES);
    let replacement = hash64(scratch.pointer, scratch.length);
    const stem = min(scratch.length, MOST_BYTES - MOST_SUFFIX_BYTES);
    for (let suffix = number + 2; this.used.has(replacement); suffix++) {
      scratch.length = stem;
      scratch.byte(0x5f);
      scratch.decimal(suffix);
      replacement = hash64(scratch.pointer, scratch.length);
    }
    this.used.add(replacement);
    this.byOriginal.set(hash, number);
    this.byReplacement.set(replacement, number);
    this.originals.push(copyToText(document.textPointer(node), document.textLength(node)));
    this.replacements.push(scratch.toText());
  }

  /** Puts an underscore in front of the name at hand. */
  private prefix(): void {
    const scratch = this.scratch;
    scratch.byte(0);
    memory.copy(scratch.pointer + 1, scratch.pointer, scratch.length - 1);
    store<u8>(scratch.pointer, 0x5f);
  }

  private unescape(document: JsonDocument, node: i32): void {
    this.scratch.length = 0;
    unescapeInto(document.textPointer(node), document.textLength(node), this.scratch);
  }

  private hashNode(document: JsonDocument, node: i32): u64 {
    this.unescape(document, node);
    return hash64(this.scratch.pointer, this.scratch.length);
  }
}
