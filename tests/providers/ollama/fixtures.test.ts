import { checkOllamaBody } from "../../mocks/ollama-check";
import { testFixtures } from "../../support/fixture-tests";
import { provider } from "./harness";

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: {
    "error-stream": "[10] [127]",
    "text-stream": "[124] [125] [127]",
    "think-tags-stream": "[127]",
    "tools-stream": "[125] [126] [127]",
    "truncated-stream": "[9] [127]",
    "vision-format": "[125]",
  },
  target: { type: "ollama", provider },
  validate: ({ text }) => checkOllamaBody(JSON.parse(text)),
  path: () => "/api/chat",
  headers: () => ({ authorization: "Bearer test-key" }),
  failures: { "error-stream": "stream-error", "truncated-stream": "stream-error" },
});
