import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allSplits } from "./chunking";
import { type Fixture, readFixtures } from "./fixtures";
import { type Target, TranslateModule } from "./translate";

/** What a protocol's recorded exchanges are checked against. */
export interface RecordedPlan {
  folder: string;
  /** The target of exchanges without a `target.json`. */
  target: Target;
  /** Checklist items that each exchange shows, `[9]`; every exchange of the folder must be here. */
  items: Record<string, string>;
  /** Reasons of the exchanges whose answer fails. */
  failures?: Record<string, string>;
  /** What the vendor would say to a request: null when it would take it. */
  validate(request: { path: string; headers: Record<string, string>; text: string }): string | null;
}

/** Compact text of a JSON document: equal only when the members' order is, too. */
function compact(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

/**
 * Registers tests of a protocol's recorded exchanges: path and body of the request, and the client's bytes however the answer is cut. An
 * `upstream-request.json` holds `{path, body}`. An answer of JSON to a streaming client has `response.sse`.
 */
export async function testRecorded(plan: RecordedPlan): Promise<void> {
  const module = await TranslateModule.load();
  const fixtures = readFixtures(plan.folder);
  const targetOf = ({ name }: Fixture): Target => {
    const file = join(plan.folder, name, "target.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Target) : plan.target;
  };

  test("every recorded exchange has its items, and the other way round", () => {
    expect(fixtures.map(({ name }) => name).sort()).toEqual(Object.keys(plan.items).sort());
  });

  describe.each(fixtures)("$name", (fixture) => {
    const items = plan.items[fixture.name] ?? "";

    test(`${items} request`, () => {
      const { text, headers, path } = module.translate(targetOf(fixture), fixture.request);
      expect(JSON.stringify({ path, body: JSON.parse(text) as unknown })).toBe(compact(fixture.upstreamRequest));
      expect(plan.validate({ path, headers, text })).toBeNull();
      expect(module.close()).toBe(0);
    });

    test(`${items} response, however it is cut`, () => {
      const { stream = false } = JSON.parse(fixture.request) as { stream?: boolean };
      const reason = plan.failures?.[fixture.name] ?? null;
      for (const { chunks } of allSplits(new TextEncoder().encode(fixture.upstreamResponse))) {
        expect(module.translate(targetOf(fixture), fixture.request).error).toBeNull();
        const answer = module.answer(stream, chunks, fixture.isStream);
        expect([answer.failure?.reason ?? null, answer.isDone]).toEqual([reason, reason === null]);
        if (stream || answer.text === "") expect(answer.text).toBe(fixture.response);
        else expect(compact(answer.text)).toBe(compact(fixture.response));
        expect(module.close()).toBe(0);
      }
    });
  });
}
