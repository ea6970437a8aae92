import { ConfigReader } from "./reader";
import { isModelName } from "./texts";

/** A model pattern without its star. */
export class ModelPattern {
  constructor(
    public text: string,
    public isPrefix: bool,
  ) {}
}

/** Takes a pattern apart: an exact name, `prefix*` or `*`. Null (and an error) for anything else. */
export function parsePattern(reader: ConfigReader, pattern: string, path: string): ModelPattern | null {
  if (!isModelName(pattern)) {
    reader.errors.add(path, "must be 1 to 256 characters long, without control characters");
    return null;
  }
  if (pattern.includes("${")) {
    reader.errors.add(path, "environment variables are not read in patterns; write the name itself");
    return null;
  }
  const star = pattern.indexOf("*");
  if (star < 0) return new ModelPattern(pattern, false);
  if (star == pattern.length - 1) return new ModelPattern(pattern.substring(0, star), true);
  reader.errors.add(path, 'a star may only stand at the end: an exact name, "prefix*" or "*"');
  return null;
}
