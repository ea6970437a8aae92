/** What an event that is told again and again with another text says. */
export const enum Telling {
  /** The event said something else: nothing can be concluded from it for others. */
  None = 0,
  Text = 1,
  Reasoning = 2,
  ToolArguments = 3,
  /** The event goes to the client as it came. */
  Unchanged = 4,
}

/**
 * What the event that a reader took last consists of, as far as the next one may be the same but for a text. A reader notes it only
 * when another event with exactly the same bytes around another, non-empty text would, read next, do nothing but tell that text in the
 * same way. Most events of a stream are such, and need not be parsed.
 */
export class RepeatableEvent {
  telling: Telling = Telling.None;
  choice: i32 = 0;
  tool: i32 = 0;
  /** The inside of the JSON string that is the text; it lies in the event's data. */
  text: usize = 0;
  textLength: i32 = 0;
  /** The inside of a JSON string behind the text which says nothing, such as random bytes that hide the text's length; 0 when there is none. */
  padding: usize = 0;
  paddingLength: i32 = 0;

  /** Notes what an event said; a text that is empty notes nothing. */
  note(telling: Telling, choice: i32, tool: i32, text: usize, textLength: i32): void {
    this.telling = textLength > 0 ? telling : Telling.None;
    this.choice = choice;
    this.tool = tool;
    this.text = text;
    this.textLength = textLength;
    this.padding = 0;
  }

  /** Notes a string without meaning; one before the text counts as bytes that must be the same. */
  notePadding(padding: usize, paddingLength: i32): void {
    if (padding <= this.text) return;
    this.padding = padding;
    this.paddingLength = paddingLength;
  }
}

/** The last event's; one for all streams, because it is used as soon as the event has been read. */
export const repeatable = new RepeatableEvent();
