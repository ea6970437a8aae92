import { fileURLToPath } from "node:url";
import { testRecorded } from "../../support/recorded";
import { adapter } from "./adapter";

await testRecorded({
  folder: fileURLToPath(new URL("fixtures", import.meta.url)),
  target: adapter.target,
  items: { several: "", stream: "[8] [11]" },
  validate: (request) => adapter.validate(request),
});
