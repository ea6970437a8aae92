import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { allSplits } from "./chunking";
import { type Fixture, readFixtures } from "./fixtures";
import { type Target, TranslateModule } from "./translate";

/** What the recorded exchanges of one protocol are checked against. */
export interface FixtureCase {
  /** `new URL("fixtures", import.meta.url)` */
  folder: URL;
  /** Checklist items that each exchange shows, by its name. */
  items: Record<string, string>;
  /** Where an exchange goes; the model is the client's. */
  target(name: string): Omit<Target, "model">;
  /** Null when the vendor would take the body. */
  validate(body: unknown, name: string): unknown;
  path(name: string): string;
  headers(name: string): Record<string, string>;
  /** Reasons of the exchanges that fail behind some content. */
  failures: Record<string, string>;
  /** The bytes of a stream that is recorded as text because its frames are binary. */
  toBytes?: (recorded: string) => Uint8Array;
}

/** Compact text of a JSON document: equal only when the members' order is, too. */
function compact(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

/** Declares the tests of all recorded exchanges: what goes upstream, and what the client gets, however the answer is cut. */
export async function testFixtures(subject: FixtureCase): Promise<void> {
  const module = await TranslateModule.load();
  const fixtures = readFixtures(fileURLToPath(subject.folder));
  const send = (fixture: Fixture) => {
    const { model } = JSON.parse(fixture.request) as { model: string };
    return module.translate({ ...subject.target(fixture.name), model }, fixture.request);
  };

  test("every recorded exchange has its items, and the other way round", () => {
    expect(fixtures.map(({ name }) => name).sort()).toEqual(Object.keys(subject.items).sort());
  });

  describe.each(fixtures)("$name", (fixture) => {
    const items = subject.items[fixture.name] ?? "";

    test(`${items} request`, () => {
      const { text, headers, path } = send(fixture);
      expect(compact(text)).toBe(compact(fixture.upstreamRequest));
      expect(subject.validate(JSON.parse(text), fixture.name)).toBeNull();
      expect(path).toBe(subject.path(fixture.name));
      expect(headers).toEqual(subject.headers(fixture.name));
      expect(module.close()).toBe(0);
    });

    test(`${items} response, however it is cut`, () => {
      const encode = (fixture.isStream ? subject.toBytes : undefined) ?? ((text) => new TextEncoder().encode(text));
      const bytes = encode(fixture.upstreamResponse);
      for (const { chunks } of allSplits(bytes)) {
        send(fixture);
        const answer = module.answer(fixture.isStream, chunks);
        if (fixture.isStream) expect(answer.text).toBe(fixture.response);
        else expect(compact(answer.text)).toBe(compact(fixture.response));
        const reason = subject.failures[fixture.name] ?? null;
        expect(answer.failure?.reason ?? null).toBe(reason);
        expect([answer.isDone, answer.hasContent]).toEqual([reason === null, true]);
        expect(module.close()).toBe(0);
      }
    });
  });
}
