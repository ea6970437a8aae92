import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest, Part, PartKind, Role } from "../../canonical/request";
import { Media, MediaType } from "../shared/media";
import { isBlank, trimmedLength } from "../shared/text";
import { hasKind, isBlock, isReasoning, TurnCursor } from "../shared/turns";
import { BlockWriter } from "./blocks";
import { CachePlan } from "./cache";
import { BedrockDocument, DocumentKind } from "./documents";
import { ConversePlan } from "./plan";

/** What is put in front of a conversation that the assistant begins: the vendor wants the user to. */
const OPENING_TURN = '{"role":"user","content":[{"text":"Continue."}]},';
/** What a turn of documents alone gets: the vendor wants a text beside them. */
const DOCUMENT_TEXT = ',{"text":"See the attached document."}';

/** Writes `,"system":[...]`: all system and developer texts in their order, wherever they stood in the conversation. */
export function writeSystem(request: CanonicalRequest, plan: ConversePlan, cache: CachePlan, out: ByteBuffer): void {
  const document = request.document;
  const parts = request.parts;
  const writer = new BlockWriter(document, plan.names, cache, out);
  let found = false;
  for (let index = 0; index < parts.length; index++) {
    const part = unchecked(parts[index]);
    if (part.role != Role.System || part.kind != PartKind.Text) continue;
    const length = document.textLength(part.value);
    if (isBlank(document.textPointer(part.value), length)) continue;
    out.ascii(found ? "," : ',"system":[');
    writer.writeText(part, length);
    found = true;
  }
  if (!found) return;
  if (cache.afterSystem) cache.writeConfigured(out);
  out.byte(0x5d);
}

/** Writes the turns of one conversation. */
class TurnWriter {
  private blocks: BlockWriter;
  private isFirstBlock: bool = true;

  constructor(
    private request: CanonicalRequest,
    private plan: ConversePlan,
    private cache: CachePlan,
    private out: ByteBuffer,
  ) {
    this.blocks = new BlockWriter(request.document, plan.names, cache, out);
  }

  /** Writes one turn; `withCachePoint`: the configuration wants a cache point at its end. */
  write(turn: TurnCursor, withCachePoint: bool): void {
    this.out.ascii(turn.isAssistant ? '{"role":"assistant","content":[' : '{"role":"user","content":[');
    this.isFirstBlock = true;
    if (turn.isAssistant) this.writeAssistant(turn);
    else this.writeUser(turn);
    if (withCachePoint) this.cache.writeConfigured(this.out);
    this.out.ascii("]}");
  }

  /** Tool results first, then everything else. */
  private writeUser(turn: TurnCursor): void {
    const parts = this.request.parts;
    for (let index = turn.start; index < turn.end; index++) {
      const part = unchecked(parts[index]);
      if (part.kind != PartKind.ToolResult || !this.isBlock(part)) continue;
      this.separate();
      this.blocks.writeToolResult(parts, index);
    }
    let hasText = false;
    let hasDocument = false;
    for (let index = turn.start; index < turn.end; index++) {
      const part = unchecked(parts[index]);
      if (part.kind == PartKind.ToolResult || !this.isBlock(part)) continue;
      if (part.kind == PartKind.Text) hasText = true;
      else if (this.isDocument(part)) hasDocument = true;
      this.writePart(part);
    }
    if (hasDocument && !hasText) this.out.ascii(DOCUMENT_TEXT);
  }

  /** Within each of the assistant's messages reasoning first, then text; tool calls last. */
  private writeAssistant(turn: TurnCursor): void {
    const parts = this.request.parts;
    const finalText = turn.end >= parts.length ? this.findFinalText(turn) : -1;
    let index = turn.start;
    while (index < turn.end) {
      const message = unchecked(parts[index]).message;
      let end = index;
      for (; end < turn.end && unchecked(parts[end]).message == message; end++) {
        const part = unchecked(parts[end]);
        if (isReasoning(part) && this.isBlock(part)) this.writePart(part);
      }
      for (; index < end; index++) {
        const part = unchecked(parts[index]);
        if (part.kind == PartKind.ToolCall || isReasoning(part) || !this.isBlock(part)) continue;
        if (index == finalText) this.writeTrimmed(part);
        else this.writePart(part);
      }
    }
    for (index = turn.start; index < turn.end; index++) {
      const part = unchecked(parts[index]);
      if (part.kind == PartKind.ToolCall && this.isBlock(part)) this.writePart(part);
    }
  }

  /** The text that ends the conversation, which models want without white space at its end; -1 when there is none. */
  private findFinalText(turn: TurnCursor): i32 {
    if (hasKind(this.request, turn.start, turn.end, PartKind.ToolCall)) return -1;
    for (let index = turn.end - 1; index >= turn.start; index--) {
      const part = unchecked(this.request.parts[index]);
      if (part.kind == PartKind.Text && this.isBlock(part)) return index;
    }
    return -1;
  }

  private writeTrimmed(part: Part): void {
    const document = this.request.document;
    this.separate();
    this.blocks.writeText(part, trimmedLength(document.textPointer(part.value), document.textLength(part.value)));
  }

  private writePart(part: Part): void {
    this.separate();
    this.blocks.writeBlock(part);
  }

  private isDocument(part: Part): bool {
    const document = this.request.document;
    if (part.kind == PartKind.Image) return new Media(document, part.value).type == MediaType.Pdf;
    return part.kind == PartKind.Document && new BedrockDocument(document, part).kind == DocumentKind.Document;
  }

  private isBlock(part: Part): bool {
    return isBlock(this.request.document, part, this.plan.quirks.keepsReasoning);
  }

  private separate(): void {
    if (!this.isFirstBlock) this.out.byte(0x2c);
    this.isFirstBlock = false;
  }
}

/** Writes `"messages":[...]` with user and assistant turns that alternate, the user's first. */
export function writeMessages(request: CanonicalRequest, plan: ConversePlan, cache: CachePlan, out: ByteBuffer): void {
  const writer = new TurnWriter(request, plan, cache, out);
  const turn = new TurnCursor(request, plan.quirks.keepsReasoning);
  const lastUserStart = cache.afterLastUserMessage ? findLastUserStart(request, plan) : -1;
  out.ascii('"messages":[');
  let isFirst = true;
  while (turn.next()) {
    if (isFirst && turn.isAssistant) out.ascii(OPENING_TURN);
    if (!isFirst) out.byte(0x2c);
    isFirst = false;
    const isLast = cache.afterLastMessage && turn.end >= request.parts.length;
    writer.write(turn, isLast || turn.start == lastUserStart);
  }
  out.byte(0x5d);
}

function findLastUserStart(request: CanonicalRequest, plan: ConversePlan): i32 {
  const turn = new TurnCursor(request, plan.quirks.keepsReasoning);
  let start = -1;
  while (turn.next()) {
    if (!turn.isAssistant) start = turn.start;
  }
  return start;
}
