import { testRobustness } from "../../support/robustness";
import { call, provider, result, wire } from "./harness";

const content = [{ token: "a", logprob: -0.5, bytes: [97], top_logprobs: [] }];

testRobustness({
  targets: ["qwen-plus", "qwen-vl-max", "qwq-plus", "qwen-long"].map((model) => ({
    type: "qwen",
    model,
    provider: {
      ...provider,
      qwenFileIds: ["file-1"],
      reasoningContentMode: model === "qwq-plus" ? "concat" : "passthrough",
    },
  })),
  streams: [
    [
      result({ reasoning_content: "Hm 😀" }),
      result({ content: "Grüße\n" }),
      result({ content: [{ text: '"x"' }] }),
      result({ tool_calls: [call(0, "call_a", "f", '{"a":')] }),
      result({ tool_calls: [call(0, "", undefined, '"b"}'), call(1, "", "g", "")] }),
      { output: { choices: [{ message: { content: "a" }, logprobs: { content }, finish_reason: "null" }] } },
      result({}, "tool_calls"),
    ],
  ],
  wire: (events) => wire(events.map((event) => `event:result\ndata:${JSON.stringify(event)}\n\n`)),
  answers: [
    result(
      { content: "Grüße", reasoning_content: "Hm", tool_calls: [call(0, "call_a", "f", '{"a":1}')] },
      "tool_calls",
    ),
  ],
  errors: [{ code: "InvalidParameter", message: "Range of input\nlength", request_id: "r" }],
});
