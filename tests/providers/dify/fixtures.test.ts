import { dify } from "../../mocks/dify";
import { askMock } from "../../support/adapter-tools";
import { testFixtures } from "../../support/fixture-tests";

const OTHER_PATHS: Record<string, string> = {
  completion: "/api/v1/completion-messages",
  workflow: "/v1/workflows/run",
  "workflow-fails": "/v1/workflows/run",
  "workflow-stream": "/v1/workflows/run",
};

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: {
    "agent-gathered": "[13]",
    "chat-goes-on": "",
    "chat-stream": "[8] [22] [25]",
    completion: "",
    moderated: "",
    workflow: "",
    "workflow-fails": "[10]",
    "workflow-stream": "[25]",
  },
  target: { type: "dify", model: "my-app" },
  validate: (request) => askMock(dify, { ...request, path: request.path.replace(/^\/api\/v1/, "/v1") }),
  path: (name) => OTHER_PATHS[name] ?? "/v1/chat-messages",
  headers: () => ({ authorization: "Bearer test-key" }),
  failures: { "workflow-fails": "stream-error" },
});
