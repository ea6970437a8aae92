import { ByteBuffer } from "../../bytes/buffer";
import { hash64 } from "../../bytes/hash";
import { CanonicalRequest, Part, PartKind } from "../../canonical/request";
import { unescapeInto } from "../../json/read";

/** Shared and always empty. */
const NONE: Part[] = [];

/**
 * The first call of each tool that the history calls, by name: what stubs are made from where a vendor rejects a history of tool
 * calls without `tools`.
 */
export function listCalledTools(request: CanonicalRequest): Part[] {
  const document = request.document;
  const parts = request.parts;
  if (!hasToolCall(parts)) return NONE;
  const called: Part[] = [];
  const seen = new Set<u64>();
  const name = new ByteBuffer();
  for (let index = 0; index < parts.length; index++) {
    const part = unchecked(parts[index]);
    if (part.kind != PartKind.ToolCall || document.textLength(part.name) == 0) continue;
    // The same name may be written with and without escapes.
    name.length = 0;
    unescapeInto(document.textPointer(part.name), document.textLength(part.name), name);
    const hash = hash64(name.pointer, name.length);
    if (seen.has(hash)) continue;
    seen.add(hash);
    called.push(part);
  }
  name.free();
  return called;
}

function hasToolCall(parts: Part[]): bool {
  for (let index = 0; index < parts.length; index++) {
    if (unchecked(parts[index]).kind == PartKind.ToolCall) return true;
  }
  return false;
}
