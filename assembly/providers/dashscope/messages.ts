import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { JsonDocument, JsonError } from "../../json/document";
import { AttemptTarget } from "../provider";
import { writeCallId } from "../shared/call-ids";
import { escapeDocument, isTextDocument, writeFlatContent } from "../shared/flat-content";
import { isVisible, isVisibleText, MessageCursor } from "../shared/messages";
import { roleName, writeToolCalls } from "../shared/native-members";
import { isReasoning } from "../shared/turns";
import { writeRaw } from "../shared/values";
import { readsFiles, RequestPlan } from "./plan";

/** Writes the messages of one conversation. */
class MessageWriter {
  private document: JsonDocument;
  private parts: Part[];

  constructor(
    private request: CanonicalRequest,
    private plan: RequestPlan,
    private out: ByteBuffer,
  ) {
    this.document = request.document;
    this.parts = request.parts;
  }

  /** fileIds: raw JSON, a list of ids; empty when there are none. */
  writeAll(fileIds: StaticArray<u8>): void {
    const cursor = new MessageCursor(this.request);
    const start = this.out.length;
    let filesAreDue = fileIds.length > 0;
    while (cursor.next()) {
      if (!this.saysSomething(cursor)) continue;
      if (filesAreDue && cursor.role != Role.System) {
        filesAreDue = false;
        writeFiles(fileIds, this.out.length == start, this.out);
      }
      if (this.out.length > start) this.out.byte(0x2c);
      this.writeMessage(cursor.start, cursor.end, cursor.role);
    }
  }

  private saysSomething(cursor: MessageCursor): bool {
    if (cursor.role == Role.Tool) return true;
    for (let index = cursor.start; index < cursor.end; index++) {
      const part = unchecked(this.parts[index]);
      if (isVisible(this.document, part) && !isReasoning(part)) return true;
    }
    return false;
  }

  private writeMessage(start: i32, end: i32, role: Role): void {
    const out = this.out;
    out.ascii('{"role":"');
    out.ascii(roleName(role));
    out.ascii('","content":');
    if (this.plan.isMultimodal) this.writeParts(start, end);
    else writeFlatContent(this.request, start, end, out);
    if (role == Role.Assistant) writeToolCalls(this.request, start, end, out);
    else if (role == Role.Tool) {
      out.ascii(',"tool_call_id":');
      writeCallId(this.document, unchecked(this.parts[start]), out);
    }
    out.byte(0x7d);
  }

  /** Source: https://www.alibabacloud.com/help/en/model-studio/vision */
  private writeParts(start: i32, end: i32): void {
    const out = this.out;
    out.byte(0x5b);
    const begin = out.length;
    for (let index = start; index < end; index++) {
      const part = unchecked(this.parts[index]);
      const isImage = part.kind == PartKind.Image || part.kind == PartKind.Document;
      if (!isImage && !isVisibleText(this.document, part)) continue;
      if (out.length > begin) out.byte(0x2c);
      if (isTextDocument(this.document, part)) {
        out.ascii('{"text":"');
        escapeDocument(this.document, part, out);
        out.ascii('"}');
        continue;
      }
      out.ascii(isImage ? '{"image":' : '{"text":');
      writeRaw(this.document, part.value, out);
      out.byte(0x7d);
    }
    out.byte(0x5d);
  }
}

/**
 * Writes the files that the provider is configured with as a system message, which must not be the first one.
 * Source: https://www.alibabacloud.com/help/en/model-studio/long-context-qwen-long
 */
function writeFiles(fileIds: StaticArray<u8>, isFirst: bool, out: ByteBuffer): void {
  const list = new JsonDocument();
  const rewind = out.length;
  if (list.parse(changetype<usize>(fileIds), fileIds.length, 2) == JsonError.None) {
    if (isFirst) out.ascii('{"role":"system","content":"You are a helpful assistant."}');
    out.ascii(',{"role":"system","content":"');
    const start = out.length;
    for (let id = list.first(list.root()); id >= 0; id = list.nextElement(id)) {
      if (list.textLength(id) == 0) continue;
      out.ascii(out.length > start ? ",fileid://" : "fileid://");
      out.bytes(list.textPointer(id), list.textLength(id));
    }
    if (out.length == start) out.length = rewind;
    else out.ascii('"}');
  }
  list.free();
}

/** Writes the client's messages in their order, for models of long texts with the provider's files behind the system texts. */
export function writeMessages(
  request: CanonicalRequest,
  target: AttemptTarget,
  plan: RequestPlan,
  out: ByteBuffer,
): void {
  const fileIds = readsFiles(target.model) ? target.provider.setting("qwenFileIds") : new StaticArray<u8>(0);
  new MessageWriter(request, plan, out).writeAll(fileIds);
}
