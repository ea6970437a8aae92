import { JsonDocument, JsonKey } from "../../json/document";

/** How hard the client wants the model to think. */
export const enum Effort {
  Unset = 0,
  None = 1,
  Minimal = 2,
  Low = 3,
  Medium = 4,
  High = 5,
  Xhigh = 6,
  Max = 7,
}

const EFFORT_NAMES: JsonKey[] = [
  new JsonKey("none"),
  new JsonKey("minimal"),
  new JsonKey("low"),
  new JsonKey("medium"),
  new JsonKey("high"),
  new JsonKey("xhigh"),
  new JsonKey("max"),
];

/** The effort that a node names; `Unset` for anything else. */
export function readEffort(document: JsonDocument, node: i32): Effort {
  for (let index = 0; index < EFFORT_NAMES.length; index++) {
    if (document.equals(node, unchecked(EFFORT_NAMES[index]))) return (index + 1) as Effort;
  }
  return Effort.Unset;
}
