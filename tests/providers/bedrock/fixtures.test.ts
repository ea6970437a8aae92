import { eventFrame, exceptionFrame } from "../../support/event-stream";
import { testFixtures } from "../../support/fixture-tests";
import { adapter } from "./adapter";

/** Checklist items that each exchange shows. */
const ITEMS: Record<string, string> = {
  document: "[107] [110]",
  "format-tool-stream": "[108] [112]",
  guardrail: "[109] [110]",
  "invoke-stream": "[67] [113]",
  "json-schema": "[108]",
  "single-call": "[105]",
  text: "[100] [101] [106] [109]",
  "text-stream": "[108] [110] [111] [112]",
  "thinking-stream": "[106] [109] [112]",
  "throttled-stream": "[113]",
  "tool-results": "[101] [102] [103]",
  "tools-stream": "[104] [105] [112]",
  "truncated-stream": "[112]",
};

const MODELS: Record<string, string> = {
  "thinking-stream": "us.anthropic.claude-sonnet-4-20250514-v1%3A0",
  "invoke-stream": "us.anthropic.claude-sonnet-4-20250514-v1%3A0",
  text: "us.amazon.nova-pro-v1%3A0",
  "tool-results": "us.amazon.nova-pro-v1%3A0",
  "format-tool-stream": "us.amazon.nova-pro-v1%3A0",
  guardrail: "us.amazon.nova-pro-v1%3A0",
  "truncated-stream": "us.amazon.nova-pro-v1%3A0",
};

const isInvoke = (name: string) => name.startsWith("invoke");
const isStream = (name: string) => name.endsWith("-stream");

function pathOf(name: string): string {
  const model = MODELS[name] ?? "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0";
  if (isInvoke(name)) return `/model/${model}/invoke-with-response-stream`;
  return `/model/${model}/${isStream(name) ? "converse-stream" : "converse"}`;
}

function headersOf(name: string): Record<string, string> {
  const accept = isStream(name) ? "application/vnd.amazon.eventstream" : "application/json";
  return { accept, authorization: "Bearer test-key" };
}

/** A line is a frame: its type and payload. `!` marks an exception; a chunk of InvokeModel holds its event as base64. */
function frame(line: string): Uint8Array {
  const [type, payload] = JSON.parse(line) as [string, object];
  if (type.startsWith("!")) return exceptionFrame(type.slice(1), payload);
  if (type !== "chunk") return eventFrame(type, payload);
  return eventFrame(type, { bytes: Buffer.from(JSON.stringify(payload)).toString("base64"), p: "abcdef" });
}

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: ITEMS,
  target: { type: "bedrock", provider: { awsRegion: "us-east-1" } },
  validate: (request) => adapter.validate(request),
  path: pathOf,
  headers: headersOf,
  failures: { "throttled-stream": "rate-limit", "truncated-stream": "stream-error" },
  toBytes: (recorded) => new Uint8Array(Buffer.concat(recorded.trim().split("\n").map(frame))),
});
