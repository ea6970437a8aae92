import { encodeText, equalsText } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { AttemptTarget } from "../provider";

/** What becomes of a model's reasoning, as Higress's `reasoningContentMode` says. */
export const enum ReasoningMode {
  /** It is told as reasoning. */
  Passthrough = 0,
  /** It is left out. */
  Ignore = 1,
  /** It stands before the text, between tags. */
  Concat = 2,
}

const IGNORE = encodeText("ignore");
const CONCAT = encodeText("concat");
const OPENING = encodeText("<think>");
const CLOSING = encodeText("</think>\\n");

/** The mode that the provider is configured with. */
export function readingModeOf(target: AttemptTarget): ReasoningMode {
  const setting = target.provider.setting("reasoningContentMode");
  const pointer = changetype<usize>(setting);
  if (equalsText(pointer, setting.length, IGNORE)) return ReasoningMode.Ignore;
  return equalsText(pointer, setting.length, CONCAT) ? ReasoningMode.Concat : ReasoningMode.Passthrough;
}

/** Tells the reasoning and the text of one answer as a mode wants it. */
export class ReasoningTeller {
  /** Whether the text's reasoning has begun and not ended. */
  private isOpen: bool = false;

  constructor(private mode: ReasoningMode) {}

  /** More reasoning. */
  reasoning(pointer: usize, length: i32, sink: AnswerSink): void {
    if (length <= 0 || this.mode == ReasoningMode.Ignore) return;
    if (this.mode == ReasoningMode.Passthrough) {
      sink.reasoning(0, pointer, length);
      return;
    }
    if (!this.isOpen) sink.text(0, changetype<usize>(OPENING), OPENING.length);
    this.isOpen = true;
    sink.text(0, pointer, length);
  }

  /** More text. */
  text(pointer: usize, length: i32, sink: AnswerSink): void {
    if (length <= 0) return;
    this.close(sink);
    sink.text(0, pointer, length);
  }

  /** No more reasoning comes: a call begins, or the answer ends. */
  close(sink: AnswerSink): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    sink.text(0, changetype<usize>(CLOSING), CLOSING.length);
  }
}
