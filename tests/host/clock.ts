export interface Timer {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. Milliseconds. */
export class Clock {
  /** Unix time in milliseconds; begins at 2026-01-01T00:00:00Z. */
  now = Date.UTC(2026, 0, 1);
  private timers: Timer[] = [];
  private orders = 0;

  after(milliseconds: number, run: () => void): Timer {
    const timer: Timer = { due: this.now + milliseconds, order: this.orders++, run };
    this.timers.push(timer);
    return timer;
  }
  cancel(timer: Timer | null): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }
  get pending(): number {
    return this.timers.length;
  }
  /** Milliseconds until the next timer, or undefined when there is none. */
  get next(): number | undefined {
    const first = this.first();
    return first === undefined ? undefined : first.due - this.now;
  }
  private first(): Timer | undefined {
    return this.timers.reduce<Timer | undefined>(
      (best, timer) =>
        best === undefined || timer.due < best.due || (timer.due === best.due && timer.order < best.order)
          ? timer
          : best,
      undefined,
    );
  }
  /** Moves on and runs everything that is due on the way, in order. */
  advance(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (let timer = this.first(); timer !== undefined && timer.due <= end; timer = this.first()) {
      this.now = Math.max(this.now, timer.due);
      this.cancel(timer);
      timer.run();
    }
    this.now = end;
  }
}
