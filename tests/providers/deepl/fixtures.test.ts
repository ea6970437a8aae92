import { testFixtures } from "../../support/fixture-tests";
import { adapter } from "./adapter";

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: { several: "", stream: "[8] [11]" },
  target: adapter.target,
  validate: (request) => adapter.validate(request),
  path: () => "/v2/translate",
  headers: () => ({ authorization: "DeepL-Auth-Key test-key" }),
});
