import { bare } from "./bare";
import { higress, higressStatistics } from "./higress";
import { litellm } from "./litellm";
import { modelmux, modelmuxLogging } from "./modelmux";
import { native, nativePlain } from "./native";
import { noop } from "./noop";
import { portkey } from "./portkey";
import { type System } from "./system";

/** All systems, in the order of the tables. */
export const SYSTEMS: readonly System[] = [
  bare,
  noop,
  modelmux,
  modelmuxLogging,
  native,
  nativePlain,
  higress,
  higressStatistics,
  portkey,
  litellm,
];

/** Measured only when asked for. */
export const OPTIONAL_SYSTEMS: readonly string[] = ["modelmux-log", "native-plain", "portkey", "litellm"];

/** In `--quick`. */
export const QUICK_SYSTEMS: readonly string[] = ["bare", "noop", "modelmux", "native"];
