import { anthropic } from "./anthropic";
import { azure } from "./azure";
import { bedrock } from "./bedrock";
import { compatible } from "./compatible";
import { cohere } from "./cohere";
import { coze } from "./coze";
import { dashscope } from "./dashscope";
import { dashscopeNative } from "./dashscope-native";
import { deepseek } from "./deepseek";
import { deepl } from "./deepl";
import { dify } from "./dify";
import { gemini } from "./gemini";
import { hunyuan } from "./hunyuan";
import type { JournalEntry } from "./journal";
import { minimax } from "./minimax";
import { ollama } from "./ollama";
import { openai } from "./openai";
import { readRule, type Rule } from "./script";
import { MockServer } from "./server";
import { vertex } from "./vertex";
import { triton } from "./triton";
import { type Json, type Vendor, VENDOR_NAMES, type VendorName } from "./types";

export type { JournalEntry } from "./journal";
export type { Rule } from "./script";
export { VENDOR_NAMES, type VendorName } from "./types";

const VENDORS: Record<VendorName, Vendor> = {
  openai,
  deepseek,
  dashscope,
  anthropic,
  azure,
  compatible,
  cohere,
  dify,
  bedrock,
  gemini,
  vertex,
  hunyuan,
  minimax,
  ollama,
  "dashscope-native": dashscopeNative,
  coze,
  triton,
  deepl,
};

/** Settings for all mocks together. */
export interface MocksOptions {
  /** Address to listen on; 127.0.0.1 when not given. */
  host?: string;
  /** Ports; a vendor without one gets any free port. */
  ports?: Partial<Record<VendorName, number>>;
  /** Accepted keys; `mock-<vendor>-key` when not given. */
  keys?: Partial<Record<VendorName, string>>;
  /** Requests that each journal keeps; 1000 when not given. */
  journalSize?: number;
}

/** The running mocks. */
export interface Mocks {
  ports: Record<VendorName, number>;
  keys: Record<VendorName, string>;
  /** `http://host:port`, without a slash at the end. */
  url(vendor: VendorName): string;
  /** Adds rules for the next requests at a vendor. */
  script(vendor: VendorName, rules: Rule | Rule[]): void;
  /** The last requests at a vendor, oldest first. */
  requests(vendor: VendorName): JournalEntry[];
  /** Forgets all rules and all requests. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts one mock for every vendor. When one cannot start, none stays behind. */
export async function startMocks(options: MocksOptions = {}): Promise<Mocks> {
  const host = options.host ?? "127.0.0.1";
  const servers = {} as Record<VendorName, MockServer>;
  const ports = {} as Record<VendorName, number>;
  const keys = {} as Record<VendorName, string>;
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(servers).map((server) => server.close()));
  };
  for (const name of VENDOR_NAMES) {
    keys[name] = options.keys?.[name] ?? `mock-${name}-key`;
    try {
      const settings = {
        host,
        port: options.ports?.[name] ?? 0,
        key: keys[name],
        journalSize: options.journalSize ?? 1000,
      };
      servers[name] = await MockServer.start(VENDORS[name], settings);
    } catch (error) {
      await close();
      throw error;
    }
    ports[name] = servers[name].port;
  }
  return {
    ports,
    keys,
    url: (vendor) => `http://${host.includes(":") ? `[${host}]` : host}:${ports[vendor]}`,
    script: (vendor, rules) =>
      servers[vendor].script.add([rules].flat().map((rule) => readRule(rule as unknown as Json))),
    requests: (vendor) => servers[vendor].journal.list(),
    reset: () => {
      for (const server of Object.values(servers)) {
        server.script.clear();
        server.journal.clear();
      }
    },
    close,
  };
}
