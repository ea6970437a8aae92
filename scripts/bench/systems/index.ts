import { bare } from "./bare";
import { modelmux, modelmuxLogging } from "./modelmux";
import { noop } from "./noop";
import { type System } from "./system";

/** All systems, in the order of the tables. */
export const SYSTEMS: readonly System[] = [bare, noop, modelmux, modelmuxLogging];

/** Measured only when asked for. */
export const OPTIONAL_SYSTEMS: readonly string[] = ["modelmux-log", "higress-statistics", "portkey", "litellm"];
