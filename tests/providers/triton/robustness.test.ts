import { testRobustness } from "../../support/robustness";
import { adapter } from "./adapter";

const HEAD = { model_name: "m", model_version: "1" };
const failed = { error: 'Bad\n"thing"' };
const events = (...list: object[]) => list.map((data) => ({ name: null, data }));

testRobustness({
  narrow: true,
  targets: [adapter.target, { ...adapter.target, provider: { tritonModelVersion: "2" } }],
  streams: [
    events({ ...HEAD, text_output: "Grüße\n" }, { ...HEAD, text_output: '"😀"', finish_reason: "length" }),
    events({ ...HEAD, text_output: "a" }, failed),
    events({ ...HEAD, text_output: ["a"] }),
  ],
  answers: [{ ...HEAD, text_output: "Grüße" }, { ...HEAD, text_output: ["a", "b"] }, failed],
  errors: [failed],
});
