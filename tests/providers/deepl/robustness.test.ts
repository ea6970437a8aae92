import { testBrokenBytes } from "../../support/broken-bytes";
import { adapter } from "./adapter";

const failed = { message: 'Bad\n"thing"' };

testBrokenBytes({
  narrow: true,
  targets: [adapter.target],
  request: { model: "m", messages: [{ role: "user", content: "a" }] },
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
