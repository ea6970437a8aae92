/** What a translation noticed and went on: no failure, but worth a counter (checklist items 9, 20, 55, 80 and 94). */
export const enum Notice {
  /** A stream held an event that the protocol's reader does not know. */
  UnknownEvent = 0,
  /** The client's temperature is above what the provider accepts; the highest that it accepts was sent. */
  TemperatureClamped = 1,
  /** A stream ended before its terminal event. */
  StreamTruncated = 2,
  /** A provider answered compressed although nobody asked for that. */
  EncodedAnswer = 3,
  /** A model wanted to call a tool and its provider could not read the call. */
  MalformedCall = 4,
}

/** Number of members of `Notice`. */
export const NOTICE_COUNT: i32 = 5;

/** The `type` label of `modelmux_notices_total`. */
export function noticeName(notice: Notice): string {
  switch (notice) {
    case Notice.UnknownEvent:
      return "unknown_event";
    case Notice.TemperatureClamped:
      return "temperature_clamped";
    case Notice.StreamTruncated:
      return "stream_truncated";
    case Notice.MalformedCall:
      return "malformed_call";
    default:
      return "encoded_answer";
  }
}

/** How often each thing was noticed during one attempt. */
export class Notices {
  private counts: StaticArray<i32> | null = null;

  /** Notes one occurrence. */
  note(notice: Notice): void {
    let counts = this.counts;
    if (counts === null) {
      counts = new StaticArray<i32>(NOTICE_COUNT);
      this.counts = counts;
    }
    const index: i32 = notice;
    if (index >= 0 && index < NOTICE_COUNT) unchecked((counts[index] += 1));
  }

  /** Whether nothing was noticed, which is the common case and costs no memory. */
  isEmpty(): bool {
    return this.counts === null;
  }

  /** How often; 0 for what never was. */
  count(notice: Notice): i32 {
    const counts = this.counts;
    const index: i32 = notice;
    return counts === null || index < 0 || index >= NOTICE_COUNT ? 0 : unchecked(counts[index]);
  }

  /** Forgets everything. */
  reset(): void {
    this.counts = null;
  }
}
