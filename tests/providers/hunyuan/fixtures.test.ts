import { fileURLToPath } from "node:url";
import { testRecorded } from "../../support/recorded";
import { adapter } from "./adapter";

await testRecorded({
  folder: fileURLToPath(new URL("fixtures", import.meta.url)),
  target: adapter.target,
  items: {
    "engine-fails": "[10]",
    "error-inside": "[10] [11]",
    "format-stream": "[8]",
    sensitive: "",
    "tools-stream": "[8] [23] [24] [25]",
    vision: "",
  },
  failures: { "engine-fails": "server-error", "error-inside": "auth" },
  validate: (request) => adapter.validate(request),
});
