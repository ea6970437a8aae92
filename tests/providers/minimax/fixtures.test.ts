import { testFixtures } from "../../support/fixture-tests";
import { adapter } from "./adapter";

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: {
    format: "",
    "format-stream": "[8]",
    "function-stream": "[8]",
    "rate-limited": "[10] [11]",
    stream: "[22] [24] [25]",
    tools: "",
  },
  target: adapter.target,
  validate: (request) => adapter.validate(request),
  path: () => "/v1/text/chatcompletion_pro?GroupId=1689747645",
  headers: () => ({ authorization: "Bearer test-key" }),
  failures: { "rate-limited": "rate-limit" },
});
