import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectPath } from "../../scripts/support/project";
import { type Gateway, startGateway } from "./support/gateway";
import { findPython, OPENAI_VERSION, runPython } from "./support/python";
import { expectedText, MODEL_CASES, PIXEL_URL } from "./support/vendors";

/*
 * The official openai package for Python, unchanged, through a real Envoy. One Python program runs all cases; the tests judge its report.
 */
interface Report {
  version: string;
  models: string[];
  cases: Record<string, Record<string, unknown>>;
}

let gateway: Gateway;
let report: Report;

beforeAll(async () => {
  const python = await findPython();
  gateway = await startGateway();
  const input = { base_url: `${gateway.url}/v1`, picture: PIXEL_URL, cases: MODEL_CASES };
  report = (await runPython(python, projectPath("tests", "e2e", "python", "client.py"), input)) as Report;
}, 300_000);
afterAll(() => gateway?.close());

const WEATHER = { city: "example city", unit: "celsius" };
const CALLED = [
  ["get_weather", { city: "Köln", unit: "celsius" }],
  ["get_time", WEATHER],
];

test("the package is the one that was asked for, and lists the models", () => {
  expect(report.version).toBe(OPENAI_VERSION);
  expect(report.models).toEqual(expect.arrayContaining(["qwen-max", "deepseek-chat", "gpt-4o", "claude-sonnet-4-5"]));
});

describe.each(MODEL_CASES)("openai for Python to $provider", ({ model, provider, title, vision, schemas }) => {
  const result = (name: string): unknown => report.cases[provider]?.[name];

  test("chat", () => {
    expect(result("chat")).toEqual({ text: expectedText(model, title, "Grüße 😀"), finish: "stop", adds_up: true });
  });

  test("streaming with usage", () => {
    expect(result("stream")).toEqual({
      text: expectedText(model, title, "Grüße 😀"),
      finish: ["stop"],
      ids: 1,
      usage_chunks: 1,
      last_is_usage: true,
    });
    expect(result("stream_helper")).toEqual({ text: expectedText(model, title, "Hello"), same: true });
  });

  test("tools: parallel, streamed, results, forced", () => {
    expect(result("tools")).toEqual({
      calls: CALLED,
      streamed: CALLED,
      finish: ["tool_calls", "tool_calls"],
      following: expect.stringContaining("The tools said: result 0 | result 1") as string,
      forced: [CALLED[1]],
    });
  });

  test.runIf(schemas)("structured output", () => {
    expect(result("structured")).toEqual([WEATHER, WEATHER]);
  });

  test.runIf(vision !== null)("vision", () => {
    expect(result("vision")).toContain(
      "I see an image of type image/png, 70 bytes, and an image at https://example.com/cat.png.",
    );
  });

  test("a stream that breaks raises an error", () => {
    expect(result("broken_stream")).toEqual([true, true]);
  });

  const CLASSES = [
    [400, "BadRequestError"],
    [401, "AuthenticationError"],
    [403, "PermissionDeniedError"],
    [404, "NotFoundError"],
    [429, "RateLimitError"],
    [500, "InternalServerError"],
    [503, "InternalServerError"],
  ] as const;
  test.each(CLASSES)("the error class for %i", (status, name) => {
    expect(result(`error_${status}`)).toEqual([
      [name, status, true],
      [name, status, true],
    ]);
  });
});
