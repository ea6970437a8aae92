import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { validateAnthropicRequest } from "../../mocks/anthropic-validate";
import { allSplits } from "../../support/chunking";
import { type Fixture, readFixtures } from "../../support/fixtures";
import { type Answer, TranslateModule } from "../../support/translate";

/** Checklist items that each recorded exchange shows. */
const ITEMS: Record<string, string> = {
  "cache-stream": "[37] [65] [72] [79]",
  "format-native": "[59]",
  "format-tool": "[59] [71]",
  "format-tool-stream": "[59] [76]",
  "overloaded-stream": "[10] [80]",
  "server-tools-stream": "[63] [69] [71] [77] [80]",
  text: "[57] [58] [68] [71]",
  "text-stream": "[22] [23] [24] [25] [74] [77] [78]",
  thinking: "[61] [65] [70]",
  "thinking-stream": "[61] [62] [70] [77]",
  "tool-results": "[42] [43] [44] [46] [53] [69]",
  "tools-stream": "[50] [52] [75] [76]",
  "truncated-stream": "[9]",
};

const module = await TranslateModule.load();
const fixtures = readFixtures(fileURLToPath(new URL("fixtures", import.meta.url)));

function send(fixture: Fixture) {
  const { model } = JSON.parse(fixture.request) as { model: string };
  return module.translate({ type: "claude", model }, fixture.request);
}

/** Compact text of a JSON document: equal only when the members' order is, too. */
function compact(json: string): string {
  return JSON.stringify(JSON.parse(json));
}

function checkFailure(fixture: Fixture, answer: Answer): void {
  const reason = { "overloaded-stream": "overloaded", "truncated-stream": "stream-error" }[fixture.name] ?? null;
  expect(answer.failure?.reason ?? null).toBe(reason);
  expect(answer.isDone).toBe(reason === null);
  expect(answer.hasContent).toBe(true);
}

test("every recorded exchange has its items, and the other way round", () => {
  expect(fixtures.map(({ name }) => name).sort()).toEqual(Object.keys(ITEMS).sort());
});

describe.each(fixtures)("$name", (fixture) => {
  const items = ITEMS[fixture.name] ?? "";

  test(`${items} request`, () => {
    const { text, headers, path } = send(fixture);
    expect(compact(text)).toBe(compact(fixture.upstreamRequest));
    expect(validateAnthropicRequest(JSON.parse(text), headers)).toBeNull();
    expect(path).toBe("/v1/messages");
    expect(headers).toEqual({ "x-api-key": "test-key", "anthropic-version": "2023-06-01" });
    expect(module.close()).toBe(0);
  });

  test(`${items} response, however it is cut`, () => {
    const bytes = new TextEncoder().encode(fixture.upstreamResponse);
    for (const { chunks } of allSplits(bytes)) {
      send(fixture);
      const answer = module.answer(fixture.isStream, chunks);
      if (fixture.isStream) expect(answer.text).toBe(fixture.response);
      else expect(compact(answer.text)).toBe(compact(fixture.response));
      checkFailure(fixture, answer);
      expect(module.close()).toBe(0);
    }
  });
});
