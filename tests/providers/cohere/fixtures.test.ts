import { checkCohereBody } from "../../mocks/cohere-check";
import { testFixtures } from "../../support/fixture-tests";

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: {
    "format-tool-called": "[121] [122]",
    "format-tool-stream": "[121] [123]",
    "rag-stream": "[120] [121] [122] [123]",
    "thinking-stream": "[122] [123]",
    "tool-results": "[121] [122]",
    "tools-stream": "[120] [121] [123]",
    "truncated-stream": "[9] [123]",
    "vision-format": "[121] [122]",
  },
  target: { type: "cohere" },
  validate: ({ text }) => checkCohereBody(JSON.parse(text)),
  path: () => "/v2/chat",
  headers: () => ({ authorization: "Bearer test-key" }),
  failures: { "truncated-stream": "stream-error" },
});
