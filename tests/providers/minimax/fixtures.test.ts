import { fileURLToPath } from "node:url";
import { testRecorded } from "../../support/recorded";
import { adapter } from "./adapter";

await testRecorded({
  folder: fileURLToPath(new URL("fixtures", import.meta.url)),
  target: adapter.target,
  items: {
    format: "",
    "format-stream": "[8]",
    "function-stream": "[8]",
    "rate-limited": "[10] [11]",
    stream: "[22] [24] [25]",
    tools: "",
  },
  failures: { "rate-limited": "rate-limit" },
  validate: (request) => adapter.validate(request),
});
