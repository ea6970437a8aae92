import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEnvoy } from "../../scripts/find-envoy";
import { EnvoyProcess } from "../../scripts/up/envoy-process";

/** An Envoy with any configuration, for tests of the configuration itself. */
export interface RunningEnvoy {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** Runs a configuration whose text is made for two free ports: the gateway's and the admin interface's. */
export async function runEnvoy(
  environment: Record<string, string>,
  makeConfiguration: (port: number, adminPort: number) => string,
): Promise<RunningEnvoy> {
  const binary = await findEnvoy();
  const [port, adminPort] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), "modelmux-envoy-test-"));
  const configuration = join(folder, "envoy.yaml");
  writeFileSync(configuration, makeConfiguration(port, adminPort));
  const envoy = new EnvoyProcess({
    binary,
    configuration,
    environment,
    logLevel: "error",
    concurrency: 1,
    pluginPath: "the test's plugin JSON",
    showsOutput: false,
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await envoy.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await envoy.waitUntilReady([`http://127.0.0.1:${adminPort}/ready`, `${url}/v1/models`]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, stop };
}

/** A port that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
