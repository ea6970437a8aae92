/*
 * The mock providers as a program:
 *   npx tsx tests/mocks/main.ts --port-base 9101 [--host 127.0.0.1]
 * OpenAI listens on the base, DeepSeek, DashScope and Anthropic on the three ports after it.
 */
import { parseArgs } from "node:util";
import { startMocks, VENDOR_NAMES, type VendorName } from "./index";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { "port-base": { type: "string", default: "9101" }, host: { type: "string", default: "127.0.0.1" } },
  });
  const base = Number(values["port-base"]);
  if (!Number.isInteger(base) || base < 1 || base > 65535 - VENDOR_NAMES.length) {
    throw new Error(`--port-base must be a port number, not "${values["port-base"]}"`);
  }
  const ports = Object.fromEntries(VENDOR_NAMES.map((name, index) => [name, base + index])) as Record<
    VendorName,
    number
  >;
  const mocks = await startMocks({ host: values.host, ports });
  for (const name of VENDOR_NAMES) process.stdout.write(`mock ${name} on ${mocks.url(name)}\n`);
  const stop = (): void => {
    void mocks.close().then(() => process.exit(0));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`mocks: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
