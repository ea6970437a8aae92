import { testFixtures } from "../../support/fixture-tests";
import { adapter } from "./adapter";

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: { gathered: "[13]", "goes-on": "[10]", "refused-inside": "[10] [11]", stream: "[8] [22] [25]" },
  target: adapter.target,
  validate: (request) => adapter.validate(request),
  path: (name) => (name === "goes-on" ? "/v3/chat?conversation_id=7381%20473" : "/v3/chat"),
  headers: () => ({ authorization: "Bearer test-key" }),
  failures: { "goes-on": "rate-limit", "refused-inside": "auth" },
});
