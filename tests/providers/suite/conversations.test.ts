import { describe, expect, test } from "vitest";
import { TranslateModule } from "../../support/translate";
import { loadAdapters } from "./adapters";
import { askAccepted, targetOf } from "./ask";
import { foreignConversations, longConversation, messageFrom } from "./conversations";
import { result, TOOLS, user } from "./request-cases";

const adapters = await loadAdapters();
const module = await TranslateModule.load();

/*
 * Conversations that changed the provider midway: tool ids, signatures, thinking blocks and reasoning of one vendor are part of the
 * history that another one reads. Every vendor takes them, and nothing of what was said gets lost.
 */
describe.each(adapters)("$title", (adapter) => {
  const reason = adapter.unsupported["changed provider midway"] ?? adapter.unsupported["multi-turn"];
  if (reason !== undefined) {
    test.skip(`the vendor cannot: ${reason}`);
    return;
  }
  const tools = adapter.unsupported["one tool"] === undefined && adapter.unsupported["tool results"] === undefined;
  const images = adapter.unsupported["image inline"] === undefined;
  const target = targetOf(adapter, "changed provider midway");
  const more = tools ? { tools: TOOLS } : {};

  test.each(adapters)(`after an answer of $title`, (other) => {
    for (const streamed of [false, true]) {
      const message = messageFrom(module, other, streamed, tools);
      const calls = (message["tool_calls"] ?? []) as { id: string }[];
      const results = calls.map(({ id }) => result(id, "It is sunny."));
      const messages = [user("Hello"), message, ...results, ...(results.length === 0 ? [user("And?")] : [])];
      const { spoken, request } = askAccepted(module, adapter, target, { model: "m", messages, ...more });
      expect(request.text).toContain(`${other.name} speaks.`);
      expect(spoken.turns.flatMap((turn) => turn.toolCalls)).toHaveLength(calls.length);
      expect(spoken.turns.flatMap((turn) => turn.toolResults)).toHaveLength(calls.length);
      for (const { name, arguments: given } of spoken.turns.flatMap((turn) => turn.toolCalls)) {
        expect([name, (given as { from: string }).from]).toEqual(["get_weather", other.name]);
      }
    }
  });

  test("a conversation with every vendor", () => {
    const messages = longConversation(module, adapters, tools, images);
    for (const stream of [false, true]) {
      const { spoken, request } = askAccepted(module, adapter, target, { model: "m", messages, stream, ...more });
      for (const { name } of adapters) expect(request.text).toContain(`${name} speaks.`);
      const count = messages.filter(({ role }) => role === "tool").length;
      expect(spoken.turns.flatMap((turn) => turn.toolResults)).toHaveLength(count);
      if (images) expect(spoken.turns.flatMap((turn) => turn.images)).toHaveLength(adapters.length);
    }
  });

  test.each(foreignConversations(tools).map((messages) => ({ messages, said: JSON.stringify(messages[1]) })))(
    "takes $said",
    ({ messages }) => {
      const { spoken } = askAccepted(module, adapter, target, { model: "m", messages, ...more });
      const calls = messages.flatMap((message) => (message["tool_calls"] ?? []) as unknown[]);
      expect(spoken.turns.flatMap((turn) => turn.toolCalls)).toHaveLength(calls.length);
      expect(spoken.turns.at(-1)?.texts).toContain("And now?");
    },
  );
});
