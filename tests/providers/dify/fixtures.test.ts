import { fileURLToPath } from "node:url";
import { dify } from "../../mocks/dify";
import { askMock } from "../../support/adapter-tools";
import { testRecorded } from "../../support/recorded";

await testRecorded({
  folder: fileURLToPath(new URL("fixtures", import.meta.url)),
  target: { type: "dify", model: "my-app" },
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
  failures: { "workflow-fails": "stream-error" },
  validate: (request) => askMock(dify, { ...request, path: request.path.replace(/^\/api\/v1/, "/v1") }),
});
