import type binaryen from "assemblyscript/binaryen";
import { Transform } from "assemblyscript/transform";

/**
 * Optimises the module instead of the compiler (ADR 10), with the same Binaryen. At its own levels the compiler puts functions of up to 65
 * instructions into all their callers or, to save space, none at all; the first is as fast as the limit below and a fifth larger, and a
 * larger module costs every worker memory and start-up time. asconfig.json therefore says `optimizeLevel` 0, and `memoryBase` 1024 because
 * addresses below that may then be folded into offsets.
 */
const INLINED_INSTRUCTIONS = 18;

/**
 * Functions with one caller become part of it up to this size. Without a limit, whole chains of calls become functions of 20 KB, and what V8
 * needs to compile the largest one stays with the process: 14 MB.
 */
const INLINED_ONCE_INSTRUCTIONS = 60;

/** The second round finds what the first one uncovered; a third finds nothing. */
const ROUNDS = 2;

/** The transform that `scripts/build.ts` gives to the compiler. */
export default class Optimizer extends Transform {
  override afterCompile(module: binaryen.Module): void {
    const { binaryen } = this;
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    binaryen.setLowMemoryUnused(true);
    binaryen.setFlexibleInlineMaxSize(INLINED_INSTRUCTIONS);
    binaryen.setOneCallerInlineMaxSize(INLINED_ONCE_INSTRUCTIONS);
    for (let round = 0; round < ROUNDS; round++) module.optimize();
  }
}
