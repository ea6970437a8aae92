import { fileURLToPath } from "node:url";
import { testRecorded } from "../../support/recorded";
import { adapter } from "./adapter";

await testRecorded({
  folder: fileURLToPath(new URL("fixtures", import.meta.url)),
  target: adapter.target,
  items: { gathered: "[13]", "goes-on": "[10]", "refused-inside": "[10] [11]", stream: "[8] [22] [25]" },
  failures: { "goes-on": "rate-limit", "refused-inside": "auth" },
  validate: (request) => adapter.validate(request),
});
