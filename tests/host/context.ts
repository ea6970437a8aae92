import { MapType } from "./abi";
import { type BodyBuffer } from "./buffer";
import { type HeaderMap } from "./header-map";
import type { WasmVm } from "./vm";

/** One configured filter: Envoy's `PluginConfig`. Plugins with the same VM share its memory. */
export interface Plugin {
  name: string;
  rootId: string;
  /** The bytes that the module reads as its plugin configuration. */
  configuration: string;
  /** Without it, a StopIteration on headers stops the body callbacks too. */
  allowOnHeadersStopIteration: boolean;
}

export interface LocalReply {
  status: number;
  headers: readonly (readonly [string, string])[];
  body: Uint8Array;
  details: string;
  flags?: number;
}

export type Side = "request" | "response";

/** What a stream's context can ask of the filter chain that it is part of. */
export interface StreamOwner {
  filterState: Map<string, Uint8Array>;
  /** The bytes of a property; null when it is not there. */
  property(path: readonly string[]): Uint8Array | null;
  sendLocalReply(reply: LocalReply): void;
  continueSide(side: Side): void;
  resetStream(details: string): void;
  clearRouteCache(): void;
  /** The body that the chain holds for the side, or null. */
  heldBody(side: Side): BodyBuffer | null;
}

/** A root context or a stream's context inside the module. */
export class Context {
  readonly id: number;
  /** Whether the module has been told of it. */
  created = false;
  done = false;
  deleted = false;
  owner: StreamOwner | null = null;
  localReplySent = false;
  /** Header maps as the filter can reach them now, by `MapType`. */
  readonly maps: (HeaderMap | null)[] = new Array<HeaderMap | null>(8).fill(null);
  /** Maps that can be read but not changed while the access log is written. */
  readonly logMaps: (HeaderMap | null)[] = new Array<HeaderMap | null>(8).fill(null);
  /** The piece of body that the callback is about, by side; null outside. */
  readonly pieces: Record<Side, BodyBuffer | null> = { request: null, response: null };
  /** Whether the chain holds the body because the last body callback said so. */
  readonly buffering: Record<Side, boolean> = { request: false, response: false };
  httpCall: { headers: HeaderMap; body: BodyBuffer; trailers: HeaderMap } | null = null;
  isConfiguring = false;

  constructor(
    readonly vm: WasmVm,
    readonly plugin: Plugin,
    readonly parent: Context | null,
  ) {
    this.id = vm.register(this);
  }
  get root(): Context {
    return this.parent ?? this;
  }
  /** A map for reading. */
  readableMap(type: number): HeaderMap | null {
    if (type === MapType.HttpCallResponseHeaders) return this.root.httpCall?.headers ?? null;
    if (type === MapType.HttpCallResponseTrailers) return this.root.httpCall?.trailers ?? null;
    return this.logMaps[type] ?? this.maps[type] ?? null;
  }
  /** A map for changing: only the four of the stream. */
  writableMap(type: number): HeaderMap | null {
    return type <= MapType.ResponseTrailers ? (this.maps[type] ?? null) : null;
  }
  body(side: Side): BodyBuffer | null {
    return this.buffering[side] ? (this.owner?.heldBody(side) ?? null) : this.pieces[side];
  }
  create(): void {
    if (this.created) return;
    this.created = true;
    this.vm.invoke(this, "proxy_on_context_create", [this.id, this.parent?.id ?? 0]);
  }
  log(): void {
    this.create();
    this.vm.invoke(this, "proxy_on_log", [this.id]);
    this.logMaps.fill(null);
  }
  /** `proxy_on_done` and `proxy_on_delete`, once. */
  destroy(): void {
    if (this.done || !this.created) return;
    this.done = true;
    this.vm.invoke(this, "proxy_on_done", [this.id]);
    this.delete();
  }
  delete(): void {
    this.vm.invoke(this, "proxy_on_delete", [this.id]);
    this.deleted = true;
    this.vm.unregister(this);
  }
}
