import { testRobustness } from "../../support/robustness";
import { adapter } from "./adapter";

const CHAT = { id: "1", conversation_id: "2", bot_id: "3", created_at: 1710348675 };
const message = (members: object) => ({ ...CHAT, role: "assistant", type: "answer", content_type: "text", ...members });
const delta = (members: object) => ({ name: "conversation.message.delta", data: message(members) });
const completed = {
  name: "conversation.chat.completed",
  data: { ...CHAT, usage: { token_count: 3, input_count: 1, output_count: 2 } },
};
const failed = { code: 4020, msg: 'Bad\n"thing"' };

testRobustness({
  narrow: true,
  alwaysStreams: true,
  targets: [adapter.target, { ...adapter.target, provider: { cozeBotId: "738", cozeUserId: "u" } }],
  streams: [
    [
      { name: "conversation.chat.created", data: CHAT },
      delta({ reasoning_content: "Hm", content: "" }),
      delta({ content: "Grüße\n😀" }),
      { name: "conversation.message.completed", data: message({ content: "Grüße\n😀" }) },
      completed,
      { name: "done", data: '"[DONE]"' },
    ],
    [delta({ content: "a" }), { name: "conversation.chat.failed", data: { ...CHAT, last_error: failed } }, completed],
    [delta({ content: "a" }), { name: "error", data: failed }, completed],
  ],
  answers: [failed, { code: 0, data: CHAT }],
  errors: [failed],
});
