import { PluginContext, StreamContext } from "../abi/context";
import { BufferType, LogLevel } from "../abi/enums";
import { HostEnvironment } from "../abi/environment";
import { getBufferBytes, HostBytes, log, randomBits, unixSeconds } from "../abi/host";
import { parseConfig } from "../config/parse";
import { GatewayConfig, PluginRole } from "../config/schema";
import { GatewayMetrics } from "../metrics/gateway-metrics";
import { Random } from "../routing/random";
import { AttemptStream } from "./attempt";
import { GatewayStream } from "./gateway";
import { SingleStream } from "./single";

/** What the streams of one gateway plugin share. */
export class GatewayState {
  metrics: GatewayMetrics;
  random: Random = new Random(randomBits());
  /** Unix seconds at which this configuration became active; `created` of the listed models. */
  configuredAt: i64 = unixSeconds();

  constructor(public config: GatewayConfig) {
    this.metrics = new GatewayMetrics(config);
  }
}

/** One plugin instance; its role comes from its configuration. */
export class ModelmuxPlugin extends PluginContext {
  private role: PluginRole = PluginRole.Gateway;
  private state: GatewayState | null = null;
  private isConfigured: bool = false;

  configure(configurationLength: i32): bool {
    const text = new HostBytes();
    if (configurationLength > 0) getBufferBytes(BufferType.PluginConfiguration, configurationLength, text);
    const result = parseConfig(text.pointer, text.length, new HostEnvironment());
    text.release();
    const config = result.config;
    if (config === null) {
      for (let index = 0; index < result.errors.length; index++) {
        log(LogLevel.Critical, "modelmux: configuration: " + result.errors[index]);
      }
      return false;
    }
    this.role = config.role;
    if (config.role != PluginRole.Attempt) this.state = new GatewayState(config);
    this.isConfigured = true;
    return true;
  }

  openStream(id: i32): StreamContext | null {
    if (!this.isConfigured) return null;
    if (this.role == PluginRole.Attempt) return new AttemptStream();
    const state = this.state;
    if (state === null) return null;
    return this.role == PluginRole.Single ? new SingleStream(id, state) : new GatewayStream(id, state);
  }
}
