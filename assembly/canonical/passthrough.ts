/** Where a passed-through answer stands after the bytes seen so far. */
export const enum PassthroughState {
  /** Nothing that a client would show has come. */
  Waiting = 0,
  Content = 1,
  Done = 2,
  /** `failure` says why. */
  Failed = 3,
}
