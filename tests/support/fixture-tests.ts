import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { allSplits } from "./chunking";
import { type Fixture, readFixtures } from "./fixtures";
import { type Target, TranslateModule, type Translation } from "./translate";

/** What the recorded exchanges of one protocol are checked against. */
export interface FixtureCase {
  /** `new URL("fixtures/", import.meta.url)` */
  folder: URL;
  /** Checklist items that each exchange shows, by its name; every exchange of the folder must be here. */
  items: Record<string, string>;
  /** Where the exchanges without a `target.json` go; without a model, it is the client's. */
  target: Omit<Target, "model"> & { model?: string };
  /** Null when the vendor would take the request. */
  validate(request: Translation): unknown;
  path(name: string, asked: Asked): string;
  /** Not given where they depend on the time. */
  headers?(name: string): Record<string, string>;
  /** Reasons of the exchanges whose answer fails. */
  failures?: Record<string, string>;
  /** The bytes of a stream that is recorded as text because its frames are binary. */
  toBytes?: (recorded: string) => Uint8Array;
}

/** What the client's request says. */
export interface Asked {
  model: string;
  stream?: boolean;
}

/** Compact text of a JSON document: equal only when the members' order is, too. */
function compact(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

function asked(request: string): Asked {
  return JSON.parse(request) as Asked;
}

/** Whether the client got anything but an error. */
function showsContent({ response }: Fixture): boolean {
  return response !== "" && !response.startsWith('data: {"error"');
}

/** Declares the tests of all recorded exchanges: what goes upstream, and what the client gets, however the answer is cut. */
export async function testFixtures(subject: FixtureCase): Promise<void> {
  const module = await TranslateModule.load();
  const fixtures = readFixtures(fileURLToPath(subject.folder));
  const send = ({ name, request }: Fixture): Translation => {
    const file = new URL(`${name}/target.json`, subject.folder);
    const own = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Target) : subject.target;
    return module.translate({ model: asked(request).model, ...own }, request);
  };

  test("every recorded exchange has its items, and the other way round", () => {
    expect(fixtures.map(({ name }) => name).sort()).toEqual(Object.keys(subject.items).sort());
  });

  describe.each(fixtures)("$name", (fixture) => {
    const items = subject.items[fixture.name] ?? "";

    test(`${items} request`, () => {
      const request = send(fixture);
      expect(compact(request.text)).toBe(compact(fixture.upstreamRequest));
      expect(subject.validate(request)).toBeNull();
      expect(request.path).toBe(subject.path(fixture.name, asked(fixture.request)));
      if (subject.headers !== undefined) expect(request.headers).toEqual(subject.headers(fixture.name));
      expect(module.close()).toBe(0);
    });

    test(`${items} response, however it is cut`, () => {
      const { stream = false } = asked(fixture.request);
      const reason = subject.failures?.[fixture.name] ?? null;
      const encode = (fixture.isStream ? subject.toBytes : undefined) ?? ((text) => new TextEncoder().encode(text));
      for (const { chunks } of allSplits(encode(fixture.upstreamResponse))) {
        expect(send(fixture).error).toBeNull();
        const answer = module.answer(stream, chunks, fixture.isStream);
        if (stream || answer.text === "") expect(answer.text).toBe(fixture.response);
        else expect(compact(answer.text)).toBe(compact(fixture.response));
        expect(answer.failure?.reason ?? null).toBe(reason);
        expect([answer.isDone, answer.hasContent]).toEqual([reason === null, showsContent(fixture)]);
        expect(module.close()).toBe(0);
      }
    });
  });
}
