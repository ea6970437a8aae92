import { MAX_TOOL_CALLS } from "../../canonical/answer";

/** What stands for the number of a call of the tool that stands for a response format: its arguments are the answer's text. */
export const FORMAT_CALL: i32 = -2;

/** Gives the tool calls of one streamed answer the numbers 0, 1, ... in the order in which they begin, whatever the vendor counts. */
export class ToolNumbers {
  private indices: i64[] = [];
  private formatIndex: i64 = 0;
  /** Whether the tool that stands for a response format was called. */
  usedFormatTool: bool = false;

  /** Number of calls so far. */
  count(): i32 {
    return this.indices.length;
  }

  /** A call begins under the vendor's index: its number, or -1 when an unbelievable number has begun. */
  begin(index: i64): i32 {
    if (this.indices.length >= MAX_TOOL_CALLS) return -1;
    return this.indices.push(index) - 1;
  }

  /** The tool that stands for a response format is called under the vendor's index: it gets no number. */
  beginFormat(index: i64): i32 {
    this.usedFormatTool = true;
    this.formatIndex = index;
    return FORMAT_CALL;
  }

  /** The number of the call that has this index, or `FORMAT_CALL`, the last one when there are several; -1 when none has. */
  find(index: i64): i32 {
    if (this.usedFormatTool && this.formatIndex == index) return FORMAT_CALL;
    for (let number = this.indices.length - 1; number >= 0; number--) {
      if (unchecked(this.indices[number]) == index) return number;
    }
    return -1;
  }
}
