import { existsSync, renameSync, statSync, utimesSync } from "node:fs";

/*
 * Whether what was built is as new as its sources. It carries the time of the newest source that was there when the build began, and not
 * the time at which the build ended: a source that is saved while the compiler runs is newer than it, so the next caller builds again.
 */

/** When the newest of these changed, in whole milliseconds, which is what all file systems keep. */
export function newestTime(paths: Iterable<string>): number {
  let newest = 0;
  for (const path of paths) newest = Math.max(newest, statSync(path).mtimeMs);
  return Math.ceil(newest);
}

/**
 * Whether a file was built from sources of which none is newer than `sourceTime`. A time that was set comes back a microsecond too early
 * where seconds as a floating-point number do not hold it.
 */
export function isFresh(file: string, sourceTime: number): boolean {
  return existsSync(file) && Math.round(statSync(file).mtimeMs) >= sourceTime;
}

/** Moves what was built to its place, with the time of its sources: nobody ever sees half a file or one with another time. */
export function putInPlace(unfinished: string, file: string, sourceTime: number): void {
  const time = new Date(sourceTime);
  utimesSync(unfinished, time, time);
  renameSync(unfinished, file);
}
