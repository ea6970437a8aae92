import { testBrokenBytes } from "../../support/broken-bytes";
import { adapter } from "./adapter";

const HEAD = { model_name: "m", model_version: "1" };
const failed = { error: 'Bad\n"thing"' };
const events = (...list: object[]) => list.map((data) => ({ name: null, data }));

testBrokenBytes({
  narrow: true,
  targets: [adapter.target, { ...adapter.target, provider: { tritonModelVersion: "2" } }],
  request: { model: "m", messages: [{ role: "user", content: "a" }] },
  streams: [
    events({ ...HEAD, text_output: "Grüße\n" }, { ...HEAD, text_output: '"😀"', finish_reason: "length" }),
    events({ ...HEAD, text_output: "a" }, failed),
    events({ ...HEAD, text_output: ["a"] }),
  ],
  answers: [{ ...HEAD, text_output: "Grüße" }, { ...HEAD, text_output: ["a", "b"] }, failed],
  errors: [failed],
});
