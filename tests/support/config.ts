import { buildTestModule } from "./build";

/** What the test entry exports (assembly/testing/config.ts). */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  allocateInput(size: number): number;
  releaseInput(pointer: number): void;
  outputPointer(): number;
  outputLength(): number;
  countLiveBlocks(): number;
  collectGarbage(): void;
  clearEnvironment(): void;
  setVariable(name: number, nameLength: number, value: number, valueLength: number): void;
  seedRandom(seed: bigint): void;
  parse(text: number, length: number): number;
  select(model: number, length: number): void;
  selectRepeatedly(model: number, length: number, times: number): number;
  models(): void;
  nextRandom(bound: number): number;
}

export interface Policy {
  on: string[];
  firstTokenTimeoutMs: number;
  attemptTimeoutMs: number;
  timeoutMs: number;
}

export interface Provider {
  index: number;
  id: string;
  type: string;
  cluster: string;
  authority: string;
  basePath: string;
  apiVersion: string;
  directRoute: string;
  defaultMaxTokens: number;
  apiTokens: string[];
  modelMapping: [from: string, to: string][];
  headers: Record<string, string>;
}

export interface Route {
  index: number;
  pattern: string;
  prefix: string;
  isPrefix: boolean;
  fallback: Policy;
  groups: { weight: number; provider: string; model: string }[][];
}

export interface Config {
  role: number;
  maxBodyBytes: number;
  maxModels: number;
  fallback: Policy;
  providers: Provider[];
  routes: Route[];
}

export interface Selection {
  route: string;
  policy: Policy;
  targets: { provider: string; model: string; apiToken: string }[];
}

/** One fresh instance of the configuration and routing code. */
export class ConfigModule {
  private constructor(private readonly exports: Exports) {}

  static async load(): Promise<ConfigModule> {
    const { exports } = await WebAssembly.instantiate(await buildTestModule("config"), {});
    const instance = new ConfigModule(exports as unknown as Exports);
    instance.exports._initialize();
    return instance;
  }

  /** Takes the place of all environment variables. */
  setEnvironment(variables: Record<string, string>): void {
    this.exports.clearEnvironment();
    for (const [name, value] of Object.entries(variables)) {
      this.withBytes(name, (namePointer, nameLength) =>
        this.withBytes(value, (pointer, length) => this.exports.setVariable(namePointer, nameLength, pointer, length)),
      );
    }
  }

  /** Parses a plugin JSON given as text, bytes or a value. */
  parse(plugin: unknown): { errors: string[]; config: Config | null } {
    const text = typeof plugin === "string" || plugin instanceof Uint8Array ? plugin : JSON.stringify(plugin);
    const count = this.withBytes(text, (pointer, length) => this.exports.parse(pointer, length));
    const result = this.readOutput() as { errors: string[]; config: Config | null };
    if (count !== result.errors.length) throw new Error("the number of errors does not fit their list");
    return result;
  }

  /** Parses a plugin JSON that must be right. */
  accept(plugin: unknown): Config {
    const { errors, config } = this.parse(plugin);
    if (config === null) throw new Error(`refused:\n${errors.join("\n")}`);
    return config;
  }

  seed(seed: bigint): void {
    this.exports.seedRandom(seed);
  }

  random(bound: number): number {
    return this.exports.nextRandom(bound) >>> 0;
  }

  /** Selects targets with the last parsed configuration. */
  select(model: string | Uint8Array): Selection | null {
    this.withBytes(model, (pointer, length) => this.exports.select(pointer, length));
    return this.readOutput() as Selection | null;
  }

  /** Milliseconds that many selections take. */
  measureSelect(model: string, times: number): number {
    return this.withBytes(model, (pointer, length) => {
      const start = performance.now();
      this.exports.selectRepeatedly(pointer, length, times);
      return performance.now() - start;
    });
  }

  /** The models that are shown, with their owners. */
  models(): [model: string, owner: string][] {
    this.exports.models();
    return this.readOutput() as [string, string][];
  }

  liveBlocks(): number {
    return this.exports.countLiveBlocks();
  }

  collectGarbage(): void {
    this.exports.collectGarbage();
  }

  memoryBytes(): number {
    return this.exports.memory.buffer.byteLength;
  }

  private withBytes<T>(content: string | Uint8Array, use: (pointer: number, length: number) => T): T {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const pointer = this.exports.allocateInput(bytes.length);
    new Uint8Array(this.exports.memory.buffer, pointer, bytes.length).set(bytes);
    const result = use(pointer, bytes.length);
    this.exports.releaseInput(pointer);
    return result;
  }

  private readOutput(): unknown {
    const bytes = new Uint8Array(this.exports.memory.buffer, this.exports.outputPointer(), this.exports.outputLength());
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  }
}
