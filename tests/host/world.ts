import type { Clock } from "./clock";
import type { Context, Plugin } from "./context";
import type { DownstreamStream } from "./downstream";
import type { ScriptedUpstream } from "./scripted-upstream";
import type { WasmVm } from "./vm";

/** What every stream of one Envoy worker shares. */
export interface World {
  readonly clock: Clock;
  readonly vm: WasmVm;
  readonly gateway: Plugin;
  /** Null: there is no filter in the upstream chain. */
  readonly attempt: Plugin | null;
  readonly gatewayRoot: Context;
  readonly attemptRoot: Context | null;
  /** Envoy's per-connection buffer limit, bytes. */
  readonly bufferLimit: number;
  /** The cluster of every route, when the filter does not choose it. */
  readonly fixedCluster: string | null;
  /** Whether response trailers reach the filters (HTTP/2; HTTP/1.1 drops them by default). */
  readonly passTrailers: boolean;
  /** The provider behind a cluster's name; null when Envoy knows no such cluster. */
  upstreamFor(cluster: string): ScriptedUpstream | null;
  addressOf(cluster: string): string;
  onAccessLog(stream: DownstreamStream): void;
  onClosed(stream: DownstreamStream): void;
}
