import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectPath } from "../../support/project";
import { type Protocol } from "../answers";
import { freePort } from "../ports";
import { spawnPinned } from "../programs";
import { install, runServer } from "./installed";
import { type System } from "./system";

const PACKAGE = "@portkey-ai/gateway";
const VERSION = "1.15.2";

/** Its names of providers, and the base of their addresses; Bedrock would need AWS's signatures. */
const PROVIDERS: Partial<Record<Protocol, { provider: string; base: string }>> = {
  openai: { provider: "openai", base: "/v1" },
  anthropic: { provider: "anthropic", base: "/v1" },
  gemini: { provider: "google", base: "/v1beta" },
};

/** Its server has no option for the address, and nothing here may be reached from outside. */
const LOOPBACK_HOOK = `import net from "node:net";
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  const number = typeof port === "object" ? port.port : port;
  return listen.call(this, { port: number, host: "127.0.0.1" }, rest.find((value) => typeof value === "function"));
};
`;

/** Portkey's gateway (Node). Which provider a request is for, its headers say. */
export const portkey: System = {
  id: "portkey",
  title: "Portkey (Node)",
  isTransparent: false,
  isSlow: true,
  prepare({ report }) {
    if (!existsSync(program())) {
      report(`installing ${PACKAGE} ${VERSION} (once)`);
      const words = [
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        folder(),
        `${PACKAGE}@${VERSION}`,
      ];
      const problem = install("npm", words, 200_000);
      if (problem !== null) return Promise.resolve({ absent: problem });
    }
    return Promise.resolve({ version: `${PACKAGE} ${VERSION}` });
  },
  async start({ programs, cores, folder: work, mock }) {
    const port = await freePort();
    const hook = join(work, "loopback.mjs");
    writeFileSync(hook, LOOPBACK_HOOK);
    const command = [process.execPath, "--import", pathToFileURL(hook).href, program(), "--headless", `--port=${port}`];
    const environment = { PATH: process.env["PATH"], NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1" };
    const child = spawnPinned(programs, cores.proxy, command, { stdio: ["ignore", "ignore", "ignore"], environment });
    return runServer(child, "Portkey", port, ({ protocol, isLimited }) => {
      const provider = PROVIDERS[protocol];
      if (isLimited || provider === undefined) return null;
      const host = `http://127.0.0.1:${mock.port}${provider.base}`;
      const headers = { "x-portkey-provider": provider.provider, "x-portkey-custom-host": host };
      return { port, path: "/v1/chat/completions", host: "gateway", headers };
    });
  },
};

function folder(): string {
  return projectPath(".cache", "bench", `portkey-${VERSION}`);
}

function program(): string {
  return join(folder(), "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");
}
