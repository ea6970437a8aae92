import { testRobustness } from "../../support/robustness";
import { block, call, citation, messageEnd, messageStart, plan, USAGE, wire } from "./harness";

const sources = [{ type: "document", id: "d", document: { title: "T", url: "https://example.com" } }];
const cited = { start: 0, end: 3, text: "Yes", sources, type: "TEXT_CONTENT" };
const logprobs = { text: "Hi", token_ids: [1], logprobs: [-0.5] };

testRobustness({
  targets: ["command-a-03-2025", "command-a-reasoning-08-2025"].map((model) => ({ type: "cohere", model })),
  streams: [
    [
      messageStart,
      ...block(0, "thinking", "Hm 😀"),
      ...block(1, "text", "Grüße\n", '"x"'),
      { type: "content-delta", index: 1, delta: { message: { content: { text: "Hi" } } }, logprobs },
      ...plan("I will"),
      ...call(0, "f_1", "f", '{"a":', '"b"}'),
      ...call(1, "g_2", "g"),
      ...citation(0, cited),
      messageEnd("TOOL_CALL"),
    ],
  ],
  wire: (events) =>
    events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join("") || wire([messageStart]),
  answers: [
    {
      id: "c14c80c3",
      message: {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm" },
          { type: "text", text: "Grüße" },
        ],
        tool_plan: "plan",
        tool_calls: [{ id: "f_1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
        citations: [cited],
      },
      finish_reason: "TOOL_CALL",
      usage: USAGE,
      logprobs: [logprobs],
    },
  ],
  errors: [{ id: "x", message: "invalid\nrequest: too many tokens" }],
});
