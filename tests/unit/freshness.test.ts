import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isFresh, newestTime, putInPlace } from "../../scripts/support/freshness";

describe("what was built is as new as the sources that the build began with", () => {
  let folder: string;
  let source: string;
  let output: string;
  /** Saves the source at a time, in milliseconds, which file systems keep more finely. */
  const save = (milliseconds: number): void => {
    writeFileSync(source, "source");
    utimesSync(source, milliseconds / 1000, milliseconds / 1000);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "modelmux-freshness-"));
    source = join(folder, "source.ts");
    output = join(folder, "module.wasm");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A build during which `meanwhile` happens. */
  function build(meanwhile: () => void = () => undefined): void {
    const sourceTime = newestTime([source]);
    writeFileSync(`${output}.tmp`, "module");
    meanwhile();
    putInPlace(`${output}.tmp`, output, sourceTime);
  }
  const needsBuild = (): boolean => !isFresh(output, newestTime([source]));

  test("nothing was built yet, then it is fresh, then the source changes", () => {
    save(1_700_000_000_000);
    expect(needsBuild()).toBe(true);
    build();
    expect([needsBuild(), readFileSync(output, "utf8"), existsSync(`${output}.tmp`)]).toEqual([false, "module", false]);
    save(1_700_000_000_001);
    expect(needsBuild()).toBe(true);
  });

  test("a source that is saved while the compiler runs is built by the next one", () => {
    save(1_700_000_000_000.4);
    build(() => {
      save(1_700_000_000_500);
    });
    expect(needsBuild()).toBe(true);
    build();
    expect(needsBuild()).toBe(false);
  });

  test("no time is lost in rounding: what was just built is fresh, whatever the millisecond", () => {
    for (let millisecond = 0; millisecond < 1000; millisecond++) {
      save(1_795_552_675_000 + millisecond);
      build();
      expect([millisecond, needsBuild()]).toEqual([millisecond, false]);
    }
  });

  test("the newest of several counts", () => {
    save(1_700_000_000_000.4);
    const other = join(folder, "other.ts");
    writeFileSync(other, "");
    utimesSync(other, 1_600_000_000, 1_600_000_000);
    expect(newestTime([other, source, other])).toBe(1_700_000_000_001);
  });
});
