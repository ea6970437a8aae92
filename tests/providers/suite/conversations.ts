import type { TranslateModule } from "../../support/translate";
import type { ProtocolAdapter, SpokenAnswer } from "./adapter";
import { feedAllSplits, feedWhole } from "./answer";
import { assistant, call, PIXEL, result, user } from "./request-cases";
import { readCompletion, readStream } from "./read-answer";

type Member = Record<string, unknown>;

/** What a model of each vendor has said in the conversation: as much as the vendor can. */
function spokenBy(adapter: ProtocolAdapter, withTools: boolean): SpokenAnswer {
  const can = adapter.unsupported;
  const tools = withTools && can["one tool"] === undefined;
  return {
    ...(can["reasoning text"] === undefined ? { reasoning: `${adapter.name} thinks.` } : {}),
    text: `${adapter.name} speaks.`,
    ...(tools
      ? {
          toolCalls: ["Rome", "Oslo"]
            .slice(0, can["parallel tools"] === undefined ? 2 : 1)
            .map((city) => ({ name: "get_weather", arguments: { city, from: adapter.name } })),
        }
      : {}),
    finish: tools ? "tool_calls" : "stop",
    usage: { input: 3, output: 2 },
  };
}

/** The assistant message that a client has after an answer of this vendor, whole or put together from a stream. */
export function messageFrom(
  module: TranslateModule,
  adapter: ProtocolAdapter,
  streamed: boolean,
  withTools = true,
): Member {
  const answer = spokenBy(adapter, withTools);
  // Reasoning may need another model than the rest.
  const behaviour = answer.reasoning === undefined ? "text" : "reasoning text";
  if (streamed && adapter.answersWhole !== true) {
    return readStream(feedAllSplits(module, adapter, behaviour, adapter.writeStream(answer)).text).message;
  }
  return readCompletion(feedWhole(module, adapter, behaviour, adapter.writeAnswer(answer)).text).message;
}

/** The turns that follow an assistant's message: results of its calls. */
function resultsOf(message: Member): Member[] {
  const calls = (message["tool_calls"] ?? []) as { id: string }[];
  return calls.map(({ id }, index) => result(id, index === 0 ? "It is sunny." : '{"weather":"rain"}'));
}

/** Adapters number their calls all in the same way; vendors do not. */
function makeIdsUnique(message: Member, known: Set<string>): void {
  for (const call of (message["tool_calls"] ?? []) as { id: string }[]) {
    if (known.has(call.id)) call.id = `${String(known.size)}-${call.id}`;
    known.add(call.id);
  }
}

/** Messages as gateways, libraries and other vendors write them into histories: ids of their kinds, proofs of their own. */
const FOREIGN: Member[][] = [
  [assistant("Hi", { refusal: null, annotations: [], audio: null, function_call: null, tool_calls: null })],
  [assistant("Hi", { reasoning_content: "Unsigned thoughts." })],
  [assistant("Hi", { reasoning: "Thoughts.", reasoning_details: [{ type: "reasoning.text", text: "Thoughts." }] })],
  [
    assistant("Hi", {
      reasoning_content: "Signed.",
      thinking_blocks: [
        { type: "thinking", thinking: "Signed.", signature: "c2lnbmVkIGJ5IGFub3RoZXIgdmVuZG9y" },
        { type: "redacted_thinking", data: "b3BhcXVl" },
      ],
    }),
  ],
  ...[
    "call_abc123",
    "toolu_01A09q90qw90lq917835lq9",
    "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q",
    "functions.get_weather:0",
    "call_f00__thought__c2lnbmF0dXJlIG9mIEdlbWluaQ==",
    "chatcmpl-tool-9a0d",
    "0",
    "x".repeat(120),
    "id with spaces / and ünïcode",
  ].map((id) => [
    assistant(null, { tool_calls: [call(id, "get_weather", '{"city":"Rome"}')] }),
    result(id, "It is sunny."),
  ]),
  [
    assistant("", {
      tool_calls: [
        {
          ...call("call_sig", "get_weather", '{"city":"Rome"}'),
          extra_content: { google: { thought_signature: "c2ln" } },
        },
        { ...call("call_sig2", "get_weather", "{}"), index: 1 },
      ],
    }),
    result("call_sig2", "second first"),
    result("call_sig", "It is sunny."),
  ],
  // Servers that count the calls of each answer anew.
  [
    assistant(null, { tool_calls: [call("call_0", "get_weather", '{"city":"Rome"}')] }),
    result("call_0", "It is sunny."),
    assistant(null, { tool_calls: [call("call_0", "get_time", '{"city":"Oslo"}')] }),
    result("call_0", "It is noon."),
  ],
];

/**
 * One conversation that has been with every vendor, one after the other. `tools`, `images`: whether they were part of it.
 */
export function longConversation(
  module: TranslateModule,
  adapters: ProtocolAdapter[],
  tools: boolean,
  images: boolean,
): Member[] {
  const messages: Member[] = [{ role: "system", content: "Be brief." }];
  const ids = new Set<string>();
  const picture = { type: "image_url", image_url: { url: PIXEL } };
  for (const [number, adapter] of adapters.entries()) {
    const text = `Question ${String(number)}`;
    messages.push(user(images ? [{ type: "text", text }, picture] : text));
    const message = messageFrom(module, adapter, number % 2 === 1, tools);
    makeIdsUnique(message, ids);
    messages.push(message, ...resultsOf(message));
    if (message["tool_calls"] === undefined) continue;
    messages.push(assistant(`${adapter.name} is done.`));
  }
  messages.push(user("And now?"));
  return messages;
}

/** Short conversations with foreign members and ids; those without tools when asked so. */
export function foreignConversations(tools: boolean): Member[][] {
  return FOREIGN.filter((turns) => tools || turns.length === 1).map((turns) => [
    user("Hello"),
    ...turns,
    user("And now?"),
  ]);
}
