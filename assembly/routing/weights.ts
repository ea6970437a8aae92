import { TargetConfig } from "../config/schema";
import { Random } from "./random";

/**
 * The targets of a group in the order in which they are tried: drawn by weight without replacement. Targets of weight 0 come
 * last, as written. The group is not changed.
 */
export function orderByWeight(targets: TargetConfig[], random: Random): TargetConfig[] {
  const waiting = targets.slice(0);
  const ordered: TargetConfig[] = [];
  let total: u32 = 0;
  for (let index = 0; index < waiting.length; index++) total += unchecked(waiting[index]).weight as u32;
  while (waiting.length > 0) {
    const drawn = total > 0 ? drawOne(waiting, random.below(total)) : 0;
    const target = unchecked(waiting[drawn]);
    total -= target.weight as u32;
    ordered.push(target);
    waiting.splice(drawn, 1);
  }
  return ordered;
}

/** The position of the target whose share holds the given point of the sum of all weights. */
function drawOne(targets: TargetConfig[], point: u32): i32 {
  let passed: u32 = 0;
  for (let index = 0; index < targets.length; index++) {
    passed += unchecked(targets[index]).weight as u32;
    if (point < passed) return index;
  }
  return 0;
}
