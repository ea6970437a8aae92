import { getSharedData, HostBytes, setSharedData } from "../abi/host";
import { ByteBuffer, encodeText } from "../bytes/buffer";
import { GatewayConfig } from "../config/schema";
import { hashBytes } from "./registry";

const OTHER = encodeText("other");
const LEARNED = encodeText("modelmux_models");
const MAX_RACES: i32 = 8;

const shared = new HostBytes();
const list = new ByteBuffer();

/**
 * Which model names metrics may show: those that the configuration names, and those that a provider has answered with a
 * success, up to `metrics.maxModels`. Everything else is `other`, so that no client can mint series.
 */
export class ModelLabels {
  private known: Set<u64> = new Set<u64>();
  private isFull: bool = false;
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

  /**
   * A provider has answered for this model with a success. The list of learned names is shared by all workers, so that the limit
   * holds for the whole gateway; a worker that loses every race learns the name with a later answer.
   */
  learn(model: StaticArray<u8>): void {
    const hash = hashBytes(changetype<usize>(model), model.length);
    if (this.known.has(hash) || this.isFull) return;
    for (let attempt = 0; attempt < MAX_RACES; attempt++) {
      const version = getSharedData(LEARNED, shared);
      const isListed = this.readList(hash);
      if (isListed || this.isFull) {
        shared.release();
        return;
      }
      list.bytes(shared.pointer, shared.length);
      shared.release();
      list.reserve(8);
      store<u64>(list.pointer + list.length, hash);
      list.length += 8;
      const isWritten = setSharedData(LEARNED, list.pointer, list.length, version);
      list.free();
      if (isWritten) {
        this.known.add(hash);
        return;
      }
    }
  }

  /** Takes over what other workers have learned; whether `hash` is among it. Notes when the list is full. */
  private readList(hash: u64): bool {
    const count = shared.length >> 3;
    for (let index = 0; index < min(count, this.maxLearned); index++) {
      this.known.add(load<u64>(shared.pointer + ((<usize>index) << 3)));
    }
    this.isFull = count >= this.maxLearned;
    return this.known.has(hash);
  }

  /** The label for a model: its name, or `other`. */
  label(model: StaticArray<u8>): StaticArray<u8> {
    return this.known.has(hashBytes(changetype<usize>(model), model.length)) ? model : OTHER;
  }
}
