import type { UpOptions } from "./options";

/** What a newcomer reads when everything runs. */
export function tellStory(options: UpOptions, models: string[], notes: string[], deepseekMock: string | null): string {
  const gateway = `http://localhost:${options.port}`;
  const lines = [
    "",
    `modelmux is ready    ${gateway}/v1   (OpenAI's API)`,
    `models               ${models.join(", ")}`,
    `metrics              http://127.0.0.1:${options.adminPort}/stats/prometheus`,
    `providers            ${options.isLive ? "the real ones, over TLS" : "mocks on this machine"}`,
    ...notes.map((note) => `                     ${note}`),
    "",
    ...tellCommands(gateway, models, deepseekMock),
    "",
    "Ctrl-C stops everything.",
    "",
  ];
  return lines.join("\n");
}

function tellCommands(gateway: string, models: string[], deepseekMock: string | null): string[] {
  const preferred = (name: string): string => (models.includes(name) ? name : (models[0] ?? name));
  const chat = (body: object, flags = ""): string =>
    `curl ${flags}${gateway}/v1/chat/completions -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  const messages = [{ role: "user", content: "Who are you?" }];
  const lines = [
    "Ask a model:",
    `  ${chat({ model: preferred("qwen-max"), messages })}`,
    "Watch it stream:",
    `  ${chat({ model: preferred("claude-sonnet-4-5"), stream: true, messages }, "-N ")}`,
  ];
  const fallback = { model: preferred("deepseek-chat"), messages };
  if (deepseekMock === null) return [...lines, "See which provider answered:", `  ${chat(fallback, "-i ")}`];
  const failure = `curl ${deepseekMock} -H 'Content-Type: application/json' -d '{"status":503}'`;
  return [
    ...lines,
    "Make DeepSeek fail once and see DashScope answer the same request (x-modelmux-provider):",
    `  ${failure} && ${chat(fallback, "-i ")}`,
  ];
}
