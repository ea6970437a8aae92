/** What the test builds call on a trap: stops the instance, which the test then reports. */
export function abort(message: string | null, fileName: string | null, line: u32, column: u32): void {
  unreachable();
}
