import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { trimStart } from "../../bytes/ascii";
import { AnswerSink } from "../../canonical/answer";
import { unescapeInto } from "../../json/read";
import { escapeInto } from "../../json/write";

const OPENING = encodeText("<think>");
const CLOSING = encodeText("</think>");

/** Most white space that may stand before the opening tag. */
const MOST_BLANKS: i32 = 64;

const enum ThinkState {
  /** Nothing but white space and perhaps the begin of the opening tag. */
  Begin = 0,
  Inside = 1,
  /** Behind the closing tag; white space there belongs to nobody. */
  Behind = 2,
  Text = 3,
}

/**
 * Tells text whose thinking stands between literal tags at its begin, as models write it whose template does not know of thinking:
 * `<think>...</think>` becomes reasoning, wherever the pieces are cut and however the characters are escaped.
 */
export class ThinkTags {
  private state: ThinkState = ThinkState.Begin;
  /** Plain text that is not told yet. */
  private pending: ByteBuffer = new ByteBuffer();
  private escaped: ByteBuffer = new ByteBuffer();

  /** The thinking came in its own member: the text holds none. */
  expectNone(): void {
    if (this.state == ThinkState.Begin && this.pending.length == 0) this.state = ThinkState.Text;
  }

  /** Takes the next piece of the text (the inside of a JSON string). */
  add(pointer: usize, length: i32, sink: AnswerSink): void {
    if (length <= 0) return;
    if (this.state == ThinkState.Text) {
      sink.text(0, pointer, length);
      return;
    }
    unescapeInto(pointer, length, this.pending);
    if (this.state == ThinkState.Begin) this.readBegin(sink);
    if (this.state == ThinkState.Inside) this.readInside(sink);
    if (this.state == ThinkState.Behind) this.readBehind(sink);
  }

  /** The text is over: what is left is told as what it looks like. */
  end(sink: AnswerSink): void {
    if (this.state == ThinkState.Inside) this.tell(this.pending.length, true, sink);
    else this.tell(this.pending.length, false, sink);
    this.state = ThinkState.Text;
  }

  /** Gives unmanaged memory back. */
  free(): void {
    this.pending.free();
    this.escaped.free();
  }

  private readBegin(sink: AnswerSink): void {
    const pending = this.pending;
    const limit = pending.pointer + pending.length;
    const start = trimStart(pending.pointer, limit);
    const found = min((limit - start) as i32, OPENING.length);
    const isTag = memory.compare(start, changetype<usize>(OPENING), found) == 0;
    if (isTag && found == OPENING.length) {
      pending.dropFront(((start - pending.pointer) as i32) + OPENING.length);
      this.state = ThinkState.Inside;
    } else if (!isTag || ((start - pending.pointer) as i32) > MOST_BLANKS) {
      this.tell(pending.length, false, sink);
      this.state = ThinkState.Text;
    }
  }

  private readInside(sink: AnswerSink): void {
    const pending = this.pending;
    const at = findText(pending.pointer, pending.length, CLOSING);
    if (at < 0) {
      this.tell(pending.length - this.openEnd(), true, sink);
      return;
    }
    this.tell(at, true, sink);
    pending.dropFront(CLOSING.length);
    this.state = ThinkState.Behind;
  }

  /** Bytes at the end of the pending text that may be the begin of the closing tag. */
  private openEnd(): i32 {
    const pending = this.pending;
    for (let length = min(CLOSING.length - 1, pending.length); length > 0; length--) {
      const start = pending.pointer + pending.length - length;
      if (memory.compare(start, changetype<usize>(CLOSING), length) == 0) return length;
    }
    return 0;
  }

  private readBehind(sink: AnswerSink): void {
    const pending = this.pending;
    const limit = pending.pointer + pending.length;
    pending.dropFront((trimStart(pending.pointer, limit) - pending.pointer) as i32);
    if (pending.length == 0) return;
    this.tell(pending.length, false, sink);
    this.state = ThinkState.Text;
  }

  /** Tells the first `length` bytes of the pending text and forgets them. */
  private tell(length: i32, isReasoning: bool, sink: AnswerSink): void {
    const escaped = this.escaped;
    escaped.length = 0;
    escapeInto(this.pending.pointer, length, escaped);
    if (isReasoning) sink.reasoning(0, escaped.pointer, escaped.length);
    else if (escaped.length > 0) sink.text(0, escaped.pointer, escaped.length);
    this.pending.dropFront(length);
  }
}
