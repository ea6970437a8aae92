import { testRobustness } from "../../support/robustness";
import { adapter } from "./adapter";

const HEAD = { Note: "n", Created: 1703148000, Id: "f1", ErrorMsg: null };
const USAGE = { PromptTokens: 3, CompletionTokens: 2, PromptTokensDetails: { CachedTokens: 1 } };
const call = (Id: string, Index: number, Name: string, Arguments: string) => ({
  Id,
  Type: "function",
  Index,
  Function: { Name, Arguments },
});
const event = (Delta: object, FinishReason = "") => ({
  name: null,
  data: { ...HEAD, Choices: [{ Index: 0, Delta, FinishReason }], Usage: USAGE },
});
const failed = { ...HEAD, ErrorMsg: { Msg: "Bad\nthing", Code: 4000 } };
const refused = { Response: { Error: { Code: "InternalError", Message: 'Bad\n"thing"' }, RequestId: "r" } };

testRobustness({
  targets: [adapter.target],
  requests: [{ model: "m", messages: [{ role: "user", content: "a" }] }],
  streams: [
    [
      event({ Role: "assistant", ReasoningContent: "Hm" }),
      event({ Role: "assistant", Content: "Grüße\n😀" }),
      event({ ToolCalls: [call("a", 0, "f", ""), call("b", 1, "g", '{"x"')] }),
      event({ ToolCalls: [{ ...call("b", 1, "", ":1}"), Index: undefined }] }),
      event({ Content: "" }, "tool_calls"),
      { name: null, data: "[DONE]" },
    ],
    [event({ Content: "a" }), { name: null, data: failed }, event({ Content: "" }, "stop")],
  ],
  answers: [
    {
      Response: {
        ...HEAD,
        Choices: [
          {
            Message: {
              Role: "assistant",
              Content: "Grüße",
              ReasoningContent: "Hm",
              ToolCalls: [call("a", 0, "f", "{}")],
            },
            FinishReason: "stop",
          },
        ],
        Usage: USAGE,
      },
    },
    refused,
  ],
  errors: [refused, failed],
});
