import { type ChildProcess } from "node:child_process";
import { type Protocol } from "../answers";
import { type Cores, type Mock, type Programs } from "../programs";
import { type RequestAddress } from "../requests";

/** What a system is started with. */
export interface Surroundings {
  programs: Programs;
  cores: Cores;
  mock: Mock;
  /** Folder for configurations. */
  folder: string;
  /** Path of the Envoy. */
  envoy: string;
  report: (line: string) => void;
}

/** One kind of request, as far as the systems differ in whether and where they take it. */
export interface RequestKind {
  protocol: Protocol;
  stream: boolean;
  isLimited: boolean;
}

/** Where a system takes a kind of request. */
export interface SystemAddress extends RequestAddress {
  port: number;
}

/** A system that runs. */
export interface RunningSystem {
  child: ChildProcess;
  /** Null when it cannot do this. */
  address(kind: RequestKind): SystemAddress | null;
  stop(): Promise<void>;
}

/** Something that is measured. */
export interface System {
  id: string;
  title: string;
  /** Whether its answers are the provider's own bytes, not OpenAI's form. */
  isTransparent: boolean;
  /** Measured in fewer rounds: it is so much slower that an order of magnitude says all. */
  isSlow?: boolean;
  /** Measured where there are targets only. */
  isForMain?: boolean;
  /** Fetches and builds what it needs; the version, or the reason why it is absent. */
  prepare(surroundings: Surroundings): Promise<{ version: string } | { absent: string }>;
  start(surroundings: Surroundings): Promise<RunningSystem>;
}

/** The body's model name for a kind of request. */
export function modelFor({ protocol, isLimited }: RequestKind): string {
  return isLimited ? "bench-fallback" : `bench-${protocol}`;
}

/** The path under which a provider of a protocol takes requests. */
export function providerPath({ protocol, stream }: RequestKind): string {
  switch (protocol) {
    case "openai":
      return "/v1/chat/completions";
    case "anthropic":
      return "/v1/messages";
    case "gemini":
      return `/v1beta/models/bench-gemini:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`;
    case "bedrock":
      return `/model/bench-bedrock/${stream ? "converse-stream" : "converse"}`;
  }
}
