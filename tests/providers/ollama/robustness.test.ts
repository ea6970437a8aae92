import { testRobustness } from "../../support/robustness";
import { call, COUNTS, last, part, provider, wire } from "./harness";

const logprobs = [{ token: "a", logprob: -0.5, bytes: [97], top_logprobs: [{ token: "b", logprob: -1 }] }];

testRobustness({
  targets: ["qwen3-vl:8b", "gpt-oss:20b"].map((model) => ({ type: "ollama", model, provider })),
  streams: [
    [
      part({ content: "<think>Hm" }),
      part({ content: " 😀</think>" }),
      part({ thinking: "Hm" }),
      part({ content: "Grüße\n" }, { logprobs }),
      part({ content: '"x"' }),
      part({ tool_calls: [call("f", { a: [1, { b: 'x"\\' }] }), call("g", {})] }),
      last(),
    ],
  ],
  wire: (lines) => wire(lines.map((line) => `${JSON.stringify(line)}\n`)),
  answers: [
    {
      ...part({ content: "<think>Hm</think>Grüße", tool_calls: [call("f", { a: 1 })] }, { logprobs }),
      done: true,
      done_reason: "stop",
      ...COUNTS,
    },
  ],
  errors: [{ error: "the input length\nexceeds the context length" }],
});
