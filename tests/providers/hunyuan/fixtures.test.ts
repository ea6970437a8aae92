import { testFixtures } from "../../support/fixture-tests";
import { adapter } from "./adapter";

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: {
    "engine-fails": "[10]",
    "error-inside": "[10] [11]",
    "format-stream": "[8]",
    sensitive: "",
    "tools-stream": "[8] [23] [24] [25]",
    vision: "",
  },
  target: adapter.target,
  validate: (request) => adapter.validate(request),
  path: () => "/",
  failures: { "engine-fails": "server-error", "error-inside": "auth" },
});
