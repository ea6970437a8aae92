import { parse } from "yaml";
import { buildModules } from "../../build";
import { renderEnvoy } from "../../render";
import { listTypeNames } from "../../support/provider-types";
import { projectPath } from "../../support/project";
import { PROTOCOLS, type Protocol } from "../answers";
import { envoyVersion } from "../machine";
import { startEnvoy, twoPorts } from "./envoy-parts";
import { modelFor, type RunningSystem, type Surroundings, type System } from "./system";

/** The provider type that speaks a protocol, and what the type needs. */
const PROVIDERS: Record<Protocol, { type: string; [member: string]: string }> = {
  openai: { type: "openai" },
  anthropic: { type: "claude" },
  gemini: { type: "gemini" },
  bedrock: { type: "bedrock", awsRegion: "us-east-1" },
};

function makeSystem(id: string, title: string, hasAccessLog: boolean): System {
  return {
    id,
    title,
    isTransparent: false,
    async prepare({ envoy, report }) {
      const [module] = await buildModules(["release"], report);
      return { version: `${((module?.bytes ?? 0) / 1024).toFixed(0)} KB in ${envoyVersion(envoy)}` };
    },
    start: (surroundings) => start(surroundings, id, hasAccessLog),
  };
}

/** modelmux as `npm run render` writes it, without the access log, which no other system has either. */
export const modelmux = makeSystem("modelmux", "modelmux", false);
/** The same with the JSON access log that `npm run render` writes. */
export const modelmuxLogging = makeSystem("modelmux-log", "modelmux with its access log", true);

async function start(surroundings: Surroundings, name: string, hasAccessLog: boolean): Promise<RunningSystem> {
  const [port, adminPort] = await twoPorts();
  const text = renderEnvoy(makePlugin(), {
    port,
    adminPort,
    module: projectPath("build", "modelmux.wasm"),
    logPath: "/dev/null",
    endpoints: makeEndpoints(surroundings),
  });
  const configuration = parse(text, { maxAliasCount: -1 }) as object;
  if (!hasAccessLog) removeMember(configuration, "access_log");
  return startEnvoy(surroundings, name, adminPort, configuration, ({ protocol }) =>
    supported().includes(protocol) ? { port, path: "/v1/chat/completions", host: "gateway" } : null,
  );
}

/** Protocols of which this version knows the type. */
function supported(): Protocol[] {
  const names = listTypeNames();
  return PROTOCOLS.filter((protocol) => names.includes(PROVIDERS[protocol].type));
}

function makePlugin(): object {
  const providers = supported().map((protocol) => ({
    id: protocol,
    ...PROVIDERS[protocol],
    apiTokens: [`key-for-${protocol}`],
  }));
  const routes = supported().map((protocol) => ({
    model: modelFor({ protocol, stream: false, isLimited: false }),
    targets: [{ provider: protocol }],
  }));
  const limited = { id: "limited", ...PROVIDERS.openai, apiTokens: ["key-for-limited"] };
  const fallback = { model: "bench-fallback", targets: [{ provider: "limited" }, { provider: "openai" }] };
  return { role: "gateway", providers: [...providers, limited], routes: [...routes, fallback] };
}

function makeEndpoints({ mock }: Surroundings): Record<string, string> {
  const plain = supported().map((protocol): [string, string] => [protocol, `127.0.0.1:${mock.port}`]);
  return Object.fromEntries([...plain, ["limited", `127.0.0.1:${mock.limitedPort}`]]);
}

function removeMember(value: unknown, name: string): void {
  if (typeof value !== "object" || value === null) return;
  const members = value as Record<string, unknown>;
  delete members[name];
  for (const member of Object.values(members)) removeMember(member, name);
}
