import { fileURLToPath } from "node:url";
import { testRecorded } from "../../support/recorded";
import { adapter } from "./adapter";

await testRecorded({
  folder: fileURLToPath(new URL("fixtures", import.meta.url)),
  target: adapter.target,
  items: { "error-behind": "[10]", stream: "[8]", transcript: "[31]" },
  failures: { "error-behind": "server-error" },
  validate: (request) => adapter.validate(request),
});
