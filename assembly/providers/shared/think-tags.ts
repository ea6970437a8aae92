import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { readCodeUnit, shortEscape } from "../../json/read";

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

/** Bytes of the character or escape at `pointer`; a character of several bytes counts as that many. */
function unitLength(pointer: usize, limit: usize): i32 {
  if (load<u8>(pointer) != 0x5c || limit - pointer < 2) return 1;
  return readCodeUnit(pointer, limit) < 0 ? 2 : 6;
}

/** What these bytes stand for, as far as a tag or white space may be meant. */
function unitValue(pointer: usize, length: i32): i32 {
  if (length == 1) return load<u8>(pointer);
  return length == 2 ? shortEscape(load<u8>(pointer, 1)) : readCodeUnit(pointer, pointer + 6);
}

function isBlank(value: i32): bool {
  return value == 0x20 || (value >= 0x09 && value <= 0x0d);
}

/**
 * Splits text whose thinking stands between literal tags at its begin, as models write it whose template does not know of thinking:
 * what stands in `<think>...</think>` is reasoning, wherever the pieces are cut and however the characters are escaped. All bytes are
 * those of the inside of a JSON string, and stay as they came.
 */
export class ThinkSplitter {
  /** What the last piece has of the thinking, and of the text behind it. */
  readonly reasoning: ByteBuffer = new ByteBuffer();
  readonly text: ByteBuffer = new ByteBuffer();

  private state: ThinkState = ThinkState.Begin;
  /** White space and the begin of a tag, of which more must be seen. */
  private held: ByteBuffer = new ByteBuffer();
  /** Characters of a tag that have been seen. */
  private matched: i32 = 0;
  private blanks: i32 = 0;
  /** Whether there was an opening tag. */
  isTagged: bool = false;

  /** Whether everything that follows is text. */
  isOver(): bool {
    return this.state == ThinkState.Text;
  }

  /** The thinking came in its own member: the text holds none. */
  expectNone(): void {
    if (this.state == ThinkState.Begin && this.held.length == 0) this.state = ThinkState.Text;
  }

  /** Takes the next piece. False: it is text as it came, and nothing was written. */
  split(pointer: usize, length: i32): bool {
    this.reasoning.length = 0;
    this.text.length = 0;
    if (this.state == ThinkState.Text || length <= 0) return false;
    const isFirst = this.held.length == 0 && this.state == ThinkState.Begin;
    const limit = pointer + length;
    let position = pointer;
    while (position < limit) {
      const size = unitLength(position, limit);
      if (!this.take(position, size)) break;
      position += size;
    }
    if (this.state != ThinkState.Text) return true;
    if (isFirst && !this.isTagged) {
      this.held.length = 0;
      return false;
    }
    this.text.bytes(this.held.pointer, this.held.length);
    this.held.length = 0;
    this.text.bytes(position, (limit - position) as i32);
    return true;
  }

  /** Whether the last piece had neither. */
  isEmpty(): bool {
    return this.reasoning.length + this.text.length == 0;
  }

  /** The text is over: what is held stands alone, as what it looks like. */
  flush(): void {
    this.reasoning.length = 0;
    this.text.length = 0;
    this.end();
  }

  /** The text is over with the last piece: what is held is appended, as what it looks like. */
  end(): void {
    if (this.state == ThinkState.Inside) this.reasoning.bytes(this.held.pointer, this.held.length);
    else this.text.bytes(this.held.pointer, this.held.length);
    this.held.length = 0;
    this.state = ThinkState.Text;
  }

  /** Gives unmanaged memory back. */
  free(): void {
    this.reasoning.free();
    this.text.free();
    this.held.free();
  }

  /** Takes one character; false when it is the first of the text. */
  private take(pointer: usize, size: i32): bool {
    const value = unitValue(pointer, size);
    if (this.state == ThinkState.Begin) return this.takeOpening(pointer, size, value);
    if (this.state == ThinkState.Inside) {
      this.takeThought(pointer, size, value);
      return true;
    }
    if (isBlank(value)) return true;
    this.state = ThinkState.Text;
    return false;
  }

  private takeOpening(pointer: usize, size: i32, value: i32): bool {
    const isPart = value == unchecked(OPENING[this.matched]);
    if (isPart) this.matched += 1;
    else if (this.matched == 0 && isBlank(value) && this.blanks < MOST_BLANKS) this.blanks += 1;
    else {
      this.state = ThinkState.Text;
      return false;
    }
    this.held.bytes(pointer, size);
    if (this.matched < OPENING.length) return true;
    this.enter(ThinkState.Inside);
    this.isTagged = true;
    return true;
  }

  private takeThought(pointer: usize, size: i32, value: i32): void {
    const held = this.held;
    if (value != unchecked(CLOSING[this.matched])) {
      this.reasoning.bytes(held.pointer, held.length);
      held.length = 0;
      this.matched = 0;
    }
    if (value != unchecked(CLOSING[this.matched])) {
      this.reasoning.bytes(pointer, size);
      return;
    }
    held.bytes(pointer, size);
    this.matched += 1;
    if (this.matched == CLOSING.length) this.enter(ThinkState.Behind);
  }

  private enter(state: ThinkState): void {
    this.state = state;
    this.held.length = 0;
    this.matched = 0;
  }
}

/** Tells text that may hold thinking between tags to a sink. */
export class ThinkTags {
  private splitter: ThinkSplitter = new ThinkSplitter();

  constructor(private choice: i32 = 0) {}

  /** The thinking came in its own member: the text holds none. */
  expectNone(): void {
    this.splitter.expectNone();
  }

  /** Takes the next piece of the text (the inside of a JSON string). */
  add(pointer: usize, length: i32, sink: AnswerSink): void {
    if (length <= 0) return;
    if (this.splitter.split(pointer, length)) this.tell(sink);
    else sink.text(this.choice, pointer, length);
  }

  /** The text is over: what is left is told as what it looks like. */
  end(sink: AnswerSink): void {
    this.splitter.flush();
    this.tell(sink);
  }

  /** Gives unmanaged memory back. */
  free(): void {
    this.splitter.free();
  }

  private tell(sink: AnswerSink): void {
    const reasoning = this.splitter.reasoning;
    const text = this.splitter.text;
    if (reasoning.length > 0) sink.reasoning(this.choice, reasoning.pointer, reasoning.length);
    if (text.length > 0) sink.text(this.choice, text.pointer, text.length);
  }
}
