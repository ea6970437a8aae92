import { parseArgs, type ParseArgsConfig } from "node:util";
import { describeError, UserError } from "./failure";

type FlagOptions = NonNullable<ParseArgsConfig["options"]>;

/** The values of command-line flags; an unknown flag or a missing value is a `UserError`. */
export function parseFlags<const T extends FlagOptions>(options: T, parameters: string[] = process.argv.slice(2)) {
  try {
    return parseArgs({ args: parameters, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UserError(`${describeError(error)} (see --help)`);
  }
}

/** A port number from a flag or an environment variable; `name` is said in the message. */
export function readPort(text: string, name: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new UserError(`${name}: "${text}" is not a port (1 to 65535)`);
  }
  return port;
}
