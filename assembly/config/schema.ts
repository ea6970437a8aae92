import { FAILURE_REASON_COUNT, FailureReason } from "../canonical/failure";
import { ProviderType } from "../providers/provider-type";
import { ByteMap } from "./byte-map";
import { PatternTable } from "./pattern-table";

/** What a plugin instance does. */
export const enum PluginRole {
  Gateway = 1,
  Attempt = 2,
  Single = 3,
}

/** `name: value` of a header, UTF-8, the name in lower case. */
export class HeaderSetting {
  constructor(
    public name: StaticArray<u8>,
    public value: StaticArray<u8>,
  ) {}
}

/** One entry of `modelMapping`: exact name, `prefix*` or `*`. An empty `to` keeps the name. */
export class ModelMappingEntry {
  constructor(
    /** The pattern without its star. */
    public from: StaticArray<u8>,
    public isPrefix: bool,
    public to: StaticArray<u8>,
  ) {}
}

/** A member of a provider that its type alone knows: text as given, `true`/`false`, or raw JSON for numbers, lists and objects. */
export class ProviderSetting {
  constructor(
    public name: string,
    public value: StaticArray<u8>,
  ) {}
}

const NO_TEXT: StaticArray<u8> = new StaticArray<u8>(0);

/** One account at one vendor. All texts are UTF-8 bytes. */
export class ProviderConfig {
  /** Position in `GatewayConfig.providers`. */
  index: i32 = 0;
  id: StaticArray<u8> = new StaticArray<u8>(0);
  type: ProviderType = ProviderType.none();
  cluster: StaticArray<u8> = new StaticArray<u8>(0);
  /** Secrets, environment variables resolved. */
  apiTokens: StaticArray<u8>[] = [];
  /** All secrets of this provider, the keys above included: what may never be shown. */
  secrets: StaticArray<u8>[] = [];
  /** Exact names as written, then prefixes from the longest to `*`. */
  modelMapping: ModelMappingEntry[] = [];
  /** The same, to look a name up: numbers are positions in `modelMapping`. */
  mappingTable: PatternTable = new PatternTable();
  /** The metrics' `route` label of requests for `provider-id/model`. */
  directRoute: StaticArray<u8> = new StaticArray<u8>(0);
  /** How many keys were handed out: they take turns. The only field that changes after parsing. */
  tokensTaken: u32 = 0;
  headers: HeaderSetting[] = [];
  /** `:authority` for this provider: `providerDomain`, the type's own member for it or the type's host; empty keeps the client's. */
  authority: StaticArray<u8> = new StaticArray<u8>(0);
  /**
   * Put before the API's path: `providerBasePath`, then the path of the custom URL or the type's own (Higress's meaning: it is put
   * before the whole path); no slash at the end; may be empty.
   */
  basePath: StaticArray<u8> = new StaticArray<u8>(0);
  /** OpenAI's protocol only: the path behind `basePath`, query included; `{model}` stands for the model. */
  chatPath: StaticArray<u8> = new StaticArray<u8>(0);
  /** Output limit for protocols that demand one when the client gives none. */
  defaultMaxTokens: i32 = 4096;
  /** API version header or query, where the protocol has one; empty = the protocol's own default. */
  apiVersion: StaticArray<u8> = new StaticArray<u8>(0);
  /** Members of the type's own that the configuration gives; few or none. */
  settings: ProviderSetting[] = [];

  /** The value of a member of the type's own; empty when it was not given. Owned by the configuration. */
  setting(name: string): StaticArray<u8> {
    const settings = this.settings;
    for (let index = 0; index < settings.length; index++) {
      const setting = unchecked(settings[index]);
      if (setting.name == name) return setting.value;
    }
    return NO_TEXT;
  }
}

/** What a route does when an attempt fails. */
export class FallbackPolicy {
  /** Indexed by `FailureReason`: whether that failure moves on to the next target. */
  on: StaticArray<bool> = new StaticArray<bool>(FAILURE_REASON_COUNT);
  /** Streaming: ms until the first content of an attempt. */
  firstTokenTimeoutMs: i32 = 30000;
  /** Not streaming: ms until the answer of an attempt. */
  attemptTimeoutMs: i32 = 300000;
  /** All attempts together, ms. */
  timeoutMs: i32 = 600000;

  /** Whether a failure moves on to the next target. */
  allows(reason: FailureReason): bool {
    const index: i32 = reason;
    return index >= 0 && index < this.on.length && unchecked(this.on[index]);
  }
}

/** A target as configured: a provider and, when given, the upstream model (else the client's name, mapped). */
export class TargetConfig {
  constructor(
    public provider: ProviderConfig,
    /** Empty: the client's model name, through the provider's `modelMapping`. */
    public model: StaticArray<u8>,
    /** Share within its group; 0: only when all others of the group have failed. */
    public weight: i32,
  ) {}
}

/** Targets of one position of a route: one, or a group of equals chosen by weight. */
export class TargetGroup {
  targets: TargetConfig[] = [];
}

/** A model pattern and its ordered targets. */
export class RouteConfig {
  index: i32 = 0;
  /** As written in the configuration; the metrics' `route` label. */
  pattern: StaticArray<u8> = new StaticArray<u8>(0);
  /** The pattern without its star. */
  prefix: StaticArray<u8> = new StaticArray<u8>(0);
  isPrefix: bool = false;
  groups: TargetGroup[] = [];
  fallback: FallbackPolicy = new FallbackPolicy();
}

/** The whole plugin JSON, checked. Shared by all requests of the VM; only the providers' `tokensTaken` changes after parsing. */
export class GatewayConfig {
  role: PluginRole = PluginRole.Gateway;
  providers: ProviderConfig[] = [];
  /** Provider ids to positions in `providers`. */
  providerTable: ByteMap = new ByteMap();
  routes: RouteConfig[] = [];
  /** Route patterns to positions in `routes`. */
  routeTable: PatternTable = new PatternTable();
  /** The default policy; also used for `provider/model` requests. */
  fallback: FallbackPolicy = new FallbackPolicy();
  maxBodyBytes: i32 = 33554432;
  /** Most model names that metrics may show which the configuration does not name. */
  maxModels: i32 = 200;
}
