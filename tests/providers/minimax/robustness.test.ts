import { testRobustness } from "../../support/robustness";
import { adapter } from "./adapter";

const BOT = { sender_type: "BOT", sender_name: "Assistant" };
const WELL = { base_resp: { status_code: 0, status_msg: "" } };
const failed = { base_resp: { status_code: 1002, status_msg: 'rate\n"limit"' } };
const last = {
  created: 1689747645,
  reply: "Grüße",
  choices: [
    {
      finish_reason: "stop",
      messages: [{ ...BOT, text: "Grüße", function_call: { name: "f", arguments: '{"a":"😀"}' } }],
    },
  ],
  usage: { total_tokens: 187 },
  id: "0106",
  ...WELL,
};
const piece = { created: 1689747645, choices: [{ messages: [{ ...BOT, text: "Grü" }] }] };

testRobustness({
  narrow: true,
  targets: [adapter.target],
  streams: [
    [piece, piece, last].map((data) => ({ name: null, data })),
    [piece, failed, last].map((data) => ({ name: null, data })),
    [{ name: null, data: last }],
  ],
  answers: [last, failed],
  errors: [failed],
});
