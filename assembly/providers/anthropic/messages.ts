import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, PartKind, Role } from "../../canonical/request";
import { writeBlock, writeText, writeToolResult } from "./blocks";
import { isBlank, trimmedLength } from "../shared/text";
import { hasKind, isBlock, isReasoning, TurnCursor } from "../shared/turns";

/** Writes `,"system":[...]`: all system and developer texts in their order, wherever they stood in the conversation. */
export function writeSystem(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  const parts = request.parts;
  let found = false;
  for (let index = 0; index < parts.length; index++) {
    const part = unchecked(parts[index]);
    if (part.role != Role.System || part.kind != PartKind.Text) continue;
    const length = document.textLength(part.value);
    if (isBlank(document.textPointer(part.value), length)) continue;
    out.ascii(found ? "," : ',"system":[');
    writeText(document, part, length, out);
    found = true;
  }
  if (found) out.byte(0x5d);
}

/** Writes the turns of one conversation. */
class TurnWriter {
  private isFirstBlock: bool = true;

  constructor(
    private request: CanonicalRequest,
    private out: ByteBuffer,
  ) {}

  /** Writes a user's turn: tool results first, then everything else, as the vendor demands. */
  writeUser(turn: TurnCursor): void {
    const parts = this.request.parts;
    this.open("user");
    for (let index = turn.start; index < turn.end; index++) {
      const part = unchecked(parts[index]);
      if (part.kind != PartKind.ToolResult || !isBlock(this.request.document, part)) continue;
      this.separate();
      writeToolResult(this.request.document, parts, index, this.out);
    }
    for (let index = turn.start; index < turn.end; index++) {
      if (unchecked(parts[index]).kind != PartKind.ToolResult) this.writePart(index);
    }
    this.out.ascii("]}");
  }

  /** Writes an assistant's turn: within each of its messages reasoning first, then text; tool calls last. */
  writeAssistant(turn: TurnCursor): void {
    const parts = this.request.parts;
    const finalText = turn.end >= parts.length ? this.findFinalText(turn) : -1;
    this.open("assistant");
    let index = turn.start;
    while (index < turn.end) {
      const message = unchecked(parts[index]).message;
      let end = index;
      for (; end < turn.end && unchecked(parts[end]).message == message; end++) {
        if (isReasoning(unchecked(parts[end]))) this.writePart(end);
      }
      for (; index < end; index++) {
        const part = unchecked(parts[index]);
        if (index == finalText) this.writeTrimmed(index);
        else if (part.kind != PartKind.ToolCall && !isReasoning(part)) this.writePart(index);
      }
    }
    for (index = turn.start; index < turn.end; index++) {
      if (unchecked(parts[index]).kind == PartKind.ToolCall) this.writePart(index);
    }
    this.out.ascii("]}");
  }

  /** The text that ends the conversation, which the vendor wants without white space at its end; -1 when there is none. */
  private findFinalText(turn: TurnCursor): i32 {
    if (hasKind(this.request, turn.start, turn.end, PartKind.ToolCall)) return -1;
    for (let index = turn.end - 1; index >= turn.start; index--) {
      const part = unchecked(this.request.parts[index]);
      if (part.kind == PartKind.Text && isBlock(this.request.document, part)) return index;
    }
    return -1;
  }

  private writeTrimmed(index: i32): void {
    const document = this.request.document;
    const part = unchecked(this.request.parts[index]);
    this.separate();
    writeText(
      document,
      part,
      trimmedLength(document.textPointer(part.value), document.textLength(part.value)),
      this.out,
    );
  }

  private writePart(index: i32): void {
    const part = unchecked(this.request.parts[index]);
    if (!isBlock(this.request.document, part)) return;
    this.separate();
    writeBlock(this.request.document, part, this.out);
  }

  private open(role: string): void {
    this.out.ascii('{"role":"');
    this.out.ascii(role);
    this.out.ascii('","content":[');
    this.isFirstBlock = true;
  }

  private separate(): void {
    if (!this.isFirstBlock) this.out.byte(0x2c);
    this.isFirstBlock = false;
  }
}

/** Writes `,"messages":[...]` with user and assistant turns that alternate. */
export function writeMessages(request: CanonicalRequest, out: ByteBuffer): void {
  const writer = new TurnWriter(request, out);
  const turn = new TurnCursor(request);
  out.ascii(',"messages":[');
  let isFirst = true;
  while (turn.next()) {
    if (!isFirst) out.byte(0x2c);
    isFirst = false;
    if (turn.isAssistant) writer.writeAssistant(turn);
    else writer.writeUser(turn);
  }
  out.byte(0x5d);
}
