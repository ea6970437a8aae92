import { testRobustness } from "../../support/robustness";
import { adapter } from "./adapter";

const failed = { message: 'Bad\n"thing"' };

testRobustness({
  narrow: true,
  targets: [adapter.target],
  streams: [],
  answers: [
    {
      translations: [
        { detected_source_language: "EN", text: "Grüße" },
        { detected_source_language: "EN", text: '"😀"' },
      ],
    },
    failed,
  ],
  errors: [failed],
});
