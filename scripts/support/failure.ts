/** A failure that the user can act on: its message is one line that says what to do. */
export class UserError extends Error {}

/** The first line of whatever was thrown, without a stack. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? "";
}

/**
 * Runs a program's main function. A failure becomes one line on standard error and exit status 1;
 * `MODELMUX_DEBUG=1` adds the stack, for whoever works on the programs themselves.
 */
export async function runProgram(main: () => Promise<void> | void): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isExpected = error instanceof UserError;
    process.stderr.write(`modelmux: ${isExpected ? error.message : `unexpected: ${describeError(error)}`}\n`);
    if (process.env["MODELMUX_DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  }
}
