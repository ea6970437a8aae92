/** Most errors that are listed one by one; a broken file may have thousands, and each becomes a log line. */
const MAX_LISTED_ERRORS: i32 = 100;
/** Most UTF-16 units of a name from the configuration that an error shows. */
const MAX_QUOTED_LENGTH: i32 = 80;
/** Most names that an error lists. */
const MAX_LISTED_NAMES: i32 = 120;

/** The errors of one configuration. Each is one line: the JSON path, then what is wrong and what to do. */
export class ErrorList {
  private lines: string[] = [];
  private omitted: i32 = 0;

  /** Adds an error at a JSON path; an empty path stands for the whole configuration. The message must not hold a secret. */
  add(path: string, message: string): void {
    if (this.isFull()) {
      this.omitted += 1;
      return;
    }
    this.lines.push((path.length > 0 ? path : "configuration") + ": " + message);
  }

  /** Whether nothing was wrong. */
  isEmpty(): bool {
    return this.lines.length == 0;
  }

  /** Whether further errors are only counted, so that their texts need not be made. */
  isFull(): bool {
    return this.lines.length >= MAX_LISTED_ERRORS;
  }

  /** All lines, with a last one that counts those left out. */
  toLines(): string[] {
    const lines = this.lines.slice(0);
    if (this.omitted > 0) {
      lines.push("configuration: " + this.omitted.toString() + " more errors are not shown; correct these first");
    }
    return lines;
  }
}

/** A name from the configuration as an error may show it: in quotes, on one line, not too long. */
export function quote(name: string): string {
  let plain = "";
  const length = min(name.length, MAX_QUOTED_LENGTH);
  for (let index = 0; index < length; index++) {
    const unit = name.charCodeAt(index);
    const isControl = unit < 0x20 || (unit >= 0x7f && unit < 0xa0) || unit == 0x2028 || unit == 0x2029;
    const isSurrogate = (unit & 0xf800) == 0xd800;
    plain += isControl || isSurrogate ? "?" : name.charAt(index);
  }
  return '"' + plain + (name.length > length ? "..." : "") + '"';
}

/** The path of an object's member. */
export function memberPath(path: string, key: string): string {
  if (!isIdentifier(key)) return path + "[" + quote(key) + "]";
  return path.length > 0 ? path + "." + key : key;
}

/** The path of a list's element. */
export function elementPath(path: string, index: i32): string {
  return path + "[" + index.toString() + "]";
}

/** Names for the end of an error, separated by commas. */
export function listNames(names: string[]): string {
  if (names.length == 0) return "none";
  let list = "";
  for (let index = 0; index < names.length && index < MAX_LISTED_NAMES; index++) {
    list += (index > 0 ? ", " : "") + names[index];
  }
  return names.length > MAX_LISTED_NAMES ? list + ", ..." : list;
}

function isIdentifier(key: string): bool {
  if (key.length == 0 || key.length > MAX_QUOTED_LENGTH) return false;
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    const isLetter = ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a) || unit == 0x5f;
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (!isLetter && !(isDigit && index > 0)) return false;
  }
  return true;
}
