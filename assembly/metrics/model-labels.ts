import { encodeText } from "../bytes/buffer";
import { GatewayConfig } from "../config/schema";
import { hashBytes } from "./registry";

const OTHER = encodeText("other");

/**
 * Which model names metrics may show: those that the configuration names, and those that a provider has answered with a
 * success, up to `metrics.maxModels`. Everything else is `other`, so that no client can mint series.
 */
export class ModelLabels {
  private known: Set<u64> = new Set<u64>();
  private learned: i32 = 0;
  private maxLearned: i32;

  constructor(config: GatewayConfig) {
    this.maxLearned = config.maxModels;
    for (let route = 0; route < config.routes.length; route++) {
      const current = config.routes[route];
      if (!current.isPrefix) this.add(current.pattern);
      for (let group = 0; group < current.groups.length; group++) {
        const targets = current.groups[group].targets;
        for (let target = 0; target < targets.length; target++) this.add(targets[target].model);
      }
    }
    for (let provider = 0; provider < config.providers.length; provider++) {
      const mapping = config.providers[provider].modelMapping;
      for (let entry = 0; entry < mapping.length; entry++) {
        this.add(mapping[entry].to);
        if (!mapping[entry].isPrefix) this.add(mapping[entry].from);
      }
    }
  }

  private add(model: StaticArray<u8>): void {
    if (model.length > 0) this.known.add(hashBytes(changetype<usize>(model), model.length));
  }

  /** A provider has answered for this model with a success. */
  learn(model: StaticArray<u8>): void {
    const hash = hashBytes(changetype<usize>(model), model.length);
    if (this.known.has(hash) || this.learned >= this.maxLearned) return;
    this.learned += 1;
    this.known.add(hash);
  }

  /** The label for a model: its name, or `other`. */
  label(model: StaticArray<u8>): StaticArray<u8> {
    return this.known.has(hashBytes(changetype<usize>(model), model.length)) ? model : OTHER;
  }
}
