import { testRobustness } from "../../support/robustness";

const HEAD = { task_id: "t", message_id: "m", conversation_id: "c", created_at: 1705407629 };
const USAGE = { metadata: { usage: { prompt_tokens: 10, completion_tokens: 2 } } };
const RUN = {
  id: "r",
  workflow_id: "w",
  status: "succeeded",
  outputs: { text: 'Grüße "😀"', n: [1] },
  total_tokens: 63,
};
const event = (data: object) => ({ name: null, data });

testRobustness({
  narrow: true,
  targets: [
    { type: "dify", model: "app" },
    { type: "dify", model: "flow", provider: { botType: "Workflow", inputVariable: "q", outputVariable: "text" } },
    { type: "dify", model: "done", provider: { botType: "Completion" } },
    { type: "dify", model: "agent", provider: { botType: "Agent" } },
  ],
  streams: [
    [
      event({ event: "agent_message", ...HEAD, answer: "Grüße\n" }),
      event({ event: "message", ...HEAD, answer: '"😀"' }),
      event({ event: "message_replace", ...HEAD, answer: "No." }),
      event({ event: "message_end", ...HEAD, ...USAGE }),
      event({ event: "workflow_finished", ...HEAD, data: RUN }),
    ],
    [
      event({ event: "text_chunk", workflow_run_id: "r", data: { text: "a" } }),
      event({ event: "error", status: 400, code: "completion_request_error", message: "x" }),
      event({ event: "workflow_finished", workflow_run_id: "r", data: RUN }),
      event({ event: "message_end", ...HEAD, ...USAGE }),
    ],
  ],
  answers: [
    { event: "message", ...HEAD, answer: "Grüße", ...USAGE },
    { workflow_run_id: "r", task_id: "t", data: RUN },
    { code: "invalid_param", message: "Bad\nthing", status: 400 },
  ],
  errors: [{ code: "invalid_param", message: "Bad\nthing", status: 400 }],
});
