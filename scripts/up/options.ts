import { UserError } from "../support/failure";
import { parseFlags, readPort } from "../support/options";
import { VENDOR_NAMES } from "../../tests/mocks/types";

/** What `npm start` was asked to do. */
export interface UpOptions {
  port: number;
  adminPort: number;
  /** First port of the mocks; each vendor has one. */
  mockPort: number;
  /** Path of the plugin JSON. */
  plugin: string;
  isLive: boolean;
  /** File with the access token for Vertex AI; empty without one. */
  googleTokenFile: string;
  logLevel: string;
  /** Worker threads of Envoy. */
  concurrency: number;
}

const LOG_LEVELS = ["trace", "debug", "info", "warning", "error", "critical", "off"];

/** The text of `--help`. */
export const UP_HELP = `Builds the gateway and runs it in front of mock providers, or of the real ones.

  npm start                        mock providers, no keys needed
  npm start -- --live              the real providers whose keys are in the environment

  --port PORT          the gateway                   MODELMUX_PORT          8080
  --admin-port PORT    Envoy's admin interface       MODELMUX_ADMIN_PORT    9901
  --mock-port PORT     first of the mocks' ports     MODELMUX_MOCK_PORT     9101
  --plugin FILE        the plugin JSON               MODELMUX_PLUGIN        envoy/gateway.json
  --concurrency N      Envoy's worker threads        MODELMUX_CONCURRENCY   2
  --log-level LEVEL    Envoy's log level             MODELMUX_LOG_LEVEL     warning
  --google-token FILE  Vertex AI's access token      MODELMUX_GOOGLE_TOKEN  none; see docs/decisions/0011
  --live               DASHSCOPE_API_KEY, DEEPSEEK_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY
  --help

A flag wins over its environment variable. Everything listens on 127.0.0.1.
`;

/** Reads flags and environment variables; null when only help was asked for. */
export function readUpOptions(parameters: string[], environment: NodeJS.ProcessEnv): UpOptions | null {
  const text = { type: "string" } as const;
  const flags = parseFlags(
    {
      port: text,
      "admin-port": text,
      "mock-port": text,
      plugin: text,
      concurrency: text,
      "log-level": text,
      "google-token": text,
      live: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    parameters,
  );
  if (flags.help) return null;
  const choose = (flag: string | undefined, name: string, preset: string): { value: string; source: string } => {
    if (flag !== undefined) return { value: flag, source: "the flag" };
    const variable = environment[name];
    return variable ? { value: variable, source: name } : { value: preset, source: "the default" };
  };
  const port = (flag: string | undefined, name: string, preset: string): number => {
    const { value, source } = choose(flag, name, preset);
    return readPort(value, source);
  };
  const options: UpOptions = {
    port: port(flags.port, "MODELMUX_PORT", "8080"),
    adminPort: port(flags["admin-port"], "MODELMUX_ADMIN_PORT", "9901"),
    mockPort: port(flags["mock-port"], "MODELMUX_MOCK_PORT", "9101"),
    plugin: choose(flags.plugin, "MODELMUX_PLUGIN", "envoy/gateway.json").value,
    isLive: flags.live,
    googleTokenFile: choose(flags["google-token"], "MODELMUX_GOOGLE_TOKEN", "").value,
    logLevel: choose(flags["log-level"], "MODELMUX_LOG_LEVEL", "warning").value,
    concurrency: Number(choose(flags.concurrency, "MODELMUX_CONCURRENCY", "2").value),
  };
  checkOptions(options);
  return options;
}

function checkOptions(options: UpOptions): void {
  if (!LOG_LEVELS.includes(options.logLevel)) {
    throw new UserError(`log level "${options.logLevel}": say one of ${LOG_LEVELS.join(", ")}`);
  }
  if (!Number.isInteger(options.concurrency) || options.concurrency < 1 || options.concurrency > 256) {
    throw new UserError("the number of workers (--concurrency) must be 1 to 256");
  }
  if (options.mockPort > 65535 - VENDOR_NAMES.length) {
    throw new UserError(`--mock-port ${options.mockPort}: the ${VENDOR_NAMES.length} ports from there on do not exist`);
  }
  const ports = listPorts(options).map(({ port }) => port);
  if (new Set(ports).size < ports.length) {
    throw new UserError(
      `the ports overlap: gateway ${options.port}, admin ${options.adminPort}, mocks ${options.mockPort} to ${options.mockPort + VENDOR_NAMES.length - 1}`,
    );
  }
}

/** The ports that will be listened on, with what the user can change them by. */
export function listPorts(options: UpOptions): { port: number; flag: string; variable: string }[] {
  const mocks = options.isLive ? [] : VENDOR_NAMES.map((_, index) => options.mockPort + index);
  return [
    { port: options.port, flag: "--port", variable: "MODELMUX_PORT" },
    { port: options.adminPort, flag: "--admin-port", variable: "MODELMUX_ADMIN_PORT" },
    ...mocks.map((port) => ({ port, flag: "--mock-port", variable: "MODELMUX_MOCK_PORT" })),
  ];
}
