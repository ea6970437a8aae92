import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allSplits } from "../../support/chunking";
import { toBytes } from "../../support/openai";
import { useOpenAiModule } from "../../support/openai-fixture";

/*
 * Recorded exchanges as wire bytes: <case>/{request,upstream-request,upstream-response,response}.{json,sse} and target.json.
 * `UPDATE_FIXTURES=1` writes what comes out now into upstream-request and response, to be read before it is committed.
 */
const folder = join(import.meta.dirname, "fixtures");
const isUpdate = process.env["UPDATE_FIXTURES"] === "1";

interface Target {
  type: string;
  model: string;
}

/** What each case shows; its name goes into the test's. */
const CASES: Record<string, string> = {
  "azure-filter-results": "[117] a first chunk without choices is no content and no usage",
  "changing-identity": "[22] id, object, created and model stay those of the first chunk; [8] one [DONE]",
  "dashscope-usage-everywhere": "[28] usage on every chunk: the last one wins; [1] CRLF; [2] no space; [6] comments",
  "deepseek-reasoning": "[134] reasoning_content stays beside content; [25] usage of a chunk with choices",
  "done-missing": "[135] [DONE] is missing, the answer is complete; [7] no blank line at the end",
  "error-after-content": "[10] an error event after content",
  "error-first": "[10] an error event before content",
  "openrouter-reasoning":
    "[134] reasoning is reasoning_content; [23] role once; [24] content and finish apart; [6] comments",
  "several-data-lines": "[5] several data lines, fields that do not matter, a byte order mark",
  "sloppy-server": "[135] what is missing is filled in",
  "text-usage-not-asked": "[26] the usage chunk is taken out when the client did not ask",
  "text-with-usage": "[137] a clean stream goes through byte for byte; [4] characters of several bytes",
  tools: "[137] tool calls go through byte for byte",
  truncated: "[9] the stream ends too early",
  "two-choices": "[24] every choice finishes once, in a chunk of its own",
  "unary-clean": "[137] a clean answer goes through byte for byte",
  "unary-deepseek": "[134] reasoning_content of an answer stays",
  "unary-sloppy": "[135] what is missing in an answer is filled in; [29] content is null beside tool calls",
};

const openai = useOpenAiModule();

function compare(path: string, actual: string): void {
  if (isUpdate) writeFileSync(path, actual);
  expect(actual).toBe(readFileSync(path, "utf8"));
}

test("every case has a description", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(CASES).sort());
});

describe.each(Object.entries(CASES))("%s", (name, description) => {
  const path = (file: string): string => join(folder, name, file);
  const read = (file: string): string => readFileSync(path(file), "utf8");
  const isStream = existsSync(path("upstream-response.sse"));
  const target = JSON.parse(read("target.json")) as Target;

  test(description, () => {
    openai.module.useTarget(target.type, target.model);
    compare(path("upstream-request.json"), openai.module.write(read("request.json")).text);
    if (isStream) {
      for (const { name: split, chunks } of allSplits(toBytes(read("upstream-response.sse")))) {
        const { text } = openai.module.passStream(chunks);
        if (split === "whole") compare(path("response.sse"), text);
        expect(text, split).toBe(read("response.sse"));
      }
    } else {
      compare(path("response.json"), openai.module.passAnswer(read("upstream-response.json")).text);
    }
  });
});
