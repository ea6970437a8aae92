import { createServer } from "node:net";
import { UserError } from "../support/failure";
import { listPorts, type UpOptions } from "./options";

/**
 * Fails with one line when a port that is needed cannot be had. Envoy cannot be left to find out:
 * its listeners share a port with another Envoy's without a word.
 */
export async function checkPorts(options: UpOptions): Promise<void> {
  for (const { port, flag, variable } of listPorts(options)) {
    const problem = await tryPort(port);
    if (problem === null) continue;
    const why = problem === "EADDRINUSE" ? "is taken: stop what uses it, or" : `cannot be used (${problem}):`;
    throw new UserError(`port ${port} ${why} choose another one with ${flag} or ${variable}`);
  }
}

/** The error code that listening on the port gives, or null. */
function tryPort(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(null)));
  });
}
