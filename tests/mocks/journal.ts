import type { MockRequest } from "./types";

/** One request as a test sees it. */
export interface JournalEntry {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  repeatedHeaders: string[];
  /** The body as text; longer bodies are cut, `bodyBytes` tells the whole size. */
  body: string;
  bodyBytes: number;
  /** Status that was sent, 0 when none was (reset or silence before the headers). */
  status: number;
  /** Whether the other side closed the connection before the answer was complete. */
  aborted: boolean;
}

const KEPT_BODY_BYTES = 1 << 20;

/** The last requests of one mock. */
export class Journal {
  private entries: JournalEntry[] = [];

  constructor(private readonly capacity: number) {}

  /** Notes a request; the entry's status and end are filled in while it is served. */
  note(request: MockRequest): JournalEntry {
    const entry: JournalEntry = {
      method: request.method,
      path: request.path,
      query: request.query,
      headers: request.headers,
      repeatedHeaders: request.repeatedHeaders,
      body: request.body.toString("utf8", 0, KEPT_BODY_BYTES),
      bodyBytes: request.body.length,
      status: 0,
      aborted: false,
    };
    this.entries.push(entry);
    if (this.entries.length > this.capacity) this.entries.shift();
    return entry;
  }

  list(): JournalEntry[] {
    return [...this.entries];
  }

  clear(): void {
    this.entries = [];
  }
}
