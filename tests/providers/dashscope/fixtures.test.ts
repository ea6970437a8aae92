import { checkDashScopeBody, MULTIMODAL_PATH, TEXT_PATH } from "../../mocks/dashscope-native-check";
import { testFixtures } from "../../support/fixture-tests";
import { provider } from "./harness";

const isStream = (name: string): boolean => name.endsWith("-stream");

await testFixtures({
  folder: new URL("fixtures/", import.meta.url),
  items: {
    "error-stream": "[10] [131] [132]",
    "search-stream": "[131] [132]",
    "thinking-stream": "[128] [129] [131] [132]",
    "tool-results": "[128] [129] [132]",
    "tools-cumulative-stream": "[129] [130] [131]",
    "truncated-stream": "[9] [131]",
    vision: "[128] [129] [132]",
  },
  target: { type: "qwen", provider },
  validate: ({ text }) => {
    const body: unknown = JSON.parse(text);
    const { model, parameters } = body as { model: string; parameters: object };
    return checkDashScopeBody(body, model === "qwen-vl-max", "incremental_output" in parameters);
  },
  path: (name) => (name === "vision" ? MULTIMODAL_PATH : TEXT_PATH),
  headers: (name) => ({
    authorization: "Bearer test-key",
    accept: isStream(name) ? "text/event-stream" : "application/json",
    ...(isStream(name) ? { "x-dashscope-sse": "enable" } : {}),
  }),
  failures: { "error-stream": "content-filter", "truncated-stream": "stream-error" },
});
