/** A failure that the user can act on: its message is one line that says what to do. */
export class UserError extends Error {}

/** The first line of whatever was thrown, without a stack. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? "";
}

/**
 * Tells the user of a failure in one line on standard error and sets exit status 1;
 * `MODELMUX_DEBUG=1` adds the stack, for whoever works on the programs themselves.
 */
export function reportFailure(error: unknown): void {
  const message = error instanceof UserError ? error.message : `unexpected: ${describeError(error)}`;
  process.stderr.write(`modelmux: ${message}\n`);
  if (process.env["MODELMUX_DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}

/** Runs a program's main function and reports what it throws. */
export async function runProgram(main: () => Promise<void> | void): Promise<void> {
  try {
    await main();
  } catch (error) {
    reportFailure(error);
  }
}
