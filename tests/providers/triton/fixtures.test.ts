import { testFixtures } from "../../support/fixture-tests";
import { adapter } from "./adapter";

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: { "error-behind": "[10]", stream: "[8]", transcript: "[31]" },
  target: adapter.target,
  validate: (request) => adapter.validate(request),
  path: (name) =>
    name === "transcript" ? "/v2/models/my%20model%2F2/versions/3/generate" : "/v2/models/mymodel/generate_stream",
  headers: () => ({ authorization: "Bearer test-key" }),
  failures: { "error-behind": "server-error" },
});
