import { validateAnthropicRequest } from "../../mocks/anthropic-validate";
import { testFixtures } from "../../support/fixture-tests";

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: {
    "cache-stream": "[37] [65] [72] [79]",
    "format-native": "[59]",
    "format-tool": "[59] [71]",
    "format-tool-stream": "[59] [76]",
    "overloaded-stream": "[10] [80]",
    "server-tools-stream": "[63] [69] [71] [77] [80]",
    text: "[57] [58] [68] [71]",
    "text-stream": "[22] [23] [24] [25] [74] [77] [78]",
    thinking: "[61] [65] [70]",
    "thinking-stream": "[61] [62] [70] [77]",
    "tool-results": "[42] [43] [44] [46] [53] [69]",
    "tools-stream": "[50] [52] [75] [76]",
    "truncated-stream": "[9]",
  },
  target: { type: "claude" },
  validate: ({ text, headers }) => validateAnthropicRequest(JSON.parse(text), headers),
  path: () => "/v1/messages",
  headers: () => ({ "x-api-key": "test-key", "anthropic-version": "2023-06-01" }),
  failures: { "overloaded-stream": "overloaded", "truncated-stream": "stream-error" },
});
