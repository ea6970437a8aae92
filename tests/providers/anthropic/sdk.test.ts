import { fileURLToPath } from "node:url";
import Anthropic from "@anthropic-ai/sdk";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type Fixture, readFixtures } from "../../support/fixtures";
import { parseStream } from "../../support/translate";

/*
 * The recorded exchanges seen by the vendor's own SDK: it must read the recorded answers as we do, and send our translated requests
 * without a complaint.
 */

type Call = { index?: number; id?: string; function: { name?: string; arguments: string } };
type Part = { content?: string | null; tool_calls?: Call[] };

const fixtures = readFixtures(fileURLToPath(new URL("fixtures", import.meta.url))).filter(
  ({ name }) => name !== "overloaded-stream" && name !== "truncated-stream",
);

/** What the SDK makes of the recorded answer to our translated request, and the body that it sent. */
async function askWithSdk(fixture: Fixture): Promise<{ message: Anthropic.Message; sent: unknown }> {
  let sent: unknown;
  const client = new Anthropic({
    apiKey: "test-key",
    maxRetries: 0,
    fetch: (_url, init) => {
      sent = JSON.parse(init?.body as string);
      const type = fixture.isStream ? "text/event-stream" : "application/json";
      return Promise.resolve(new Response(fixture.upstreamResponse, { headers: { "content-type": type } }));
    },
  });
  const parameters = JSON.parse(fixture.upstreamRequest) as Anthropic.MessageCreateParamsNonStreaming;
  Reflect.deleteProperty(parameters, "stream");
  const message = fixture.isStream
    ? await client.messages.stream(parameters).finalMessage()
    : await client.messages.create(parameters);
  return { message, sent };
}

/** Text and calls that the client of our translation gets. */
function readOurs(fixture: Fixture): { text: string; calls: { id: string; name: string; input: unknown }[] } {
  const parts = fixture.isStream
    ? parseStream(fixture.response).flatMap((event) =>
        event === "[DONE]" ? [] : (event["choices"] as { delta: Part }[]).map((choice) => choice.delta),
      )
    : (JSON.parse(fixture.response) as { choices: { message: Part }[] }).choices.map((choice) => choice.message);
  const calls: { id: string; name: string; text: string }[] = [];
  for (const call of parts.flatMap((part) => part.tool_calls ?? [])) {
    if (call.id !== undefined) calls.push({ id: call.id, name: call.function.name ?? "", text: "" });
    const open = calls.at(-1);
    if (open) open.text += call.function.arguments;
  }
  return {
    text: parts.map((part) => part.content ?? "").join(""),
    calls: calls.map(({ id, name, text }) => ({ id, name, input: JSON.parse(text) as unknown })),
  };
}

// The SDK warns about models whose end is near.
beforeAll(() => {
  vi.spyOn(console, "warn").mockReturnValue(undefined);
});

describe.each(fixtures)("$name", (fixture) => {
  test("[68] [69] [75] [76] the vendor's SDK reads the same texts and calls, and sends the translated request", async () => {
    const { message, sent } = await askWithSdk(fixture);
    const { text, calls } = readOurs(fixture);
    const tools = message.content.filter((block) => block.type === "tool_use");
    const visible = message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
    if (fixture.name.startsWith("format-tool")) {
      expect(JSON.parse(text)).toEqual(tools[0]?.input);
      expect(calls).toEqual([]);
    } else {
      expect(text).toBe(visible);
      expect(calls).toEqual(tools.map(({ id, name, input }) => ({ id, name, input })));
    }
    expect(sent).toEqual(JSON.parse(fixture.upstreamRequest));
  });
});
