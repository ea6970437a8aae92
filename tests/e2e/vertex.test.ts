import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { renderEnvoy } from "../../scripts/render";
import { projectPath } from "../../scripts/support/project";
import { type Mocks, startMocks } from "../mocks/index";
import { runEnvoy, type RunningEnvoy } from "../support/run-envoy";

/*
 * Google behind the real Envoy: Gemini by key, Vertex AI by express key, by a token of the plugin JSON, and by one that Envoy adds behind
 * the module and reads again when it is renewed.
 */

const PROJECT = { vertexProjectId: "my-project", vertexRegion: "us-central1" };

let mocks: Mocks;
let envoy: RunningEnvoy;
let client: OpenAI;
const folder = mkdtempSync(join(tmpdir(), "modelmux-google-token-"));
const tokenFile = join(folder, "token.yaml");

/** Writes the token as a program would that renews it: beside, then in its place. */
function writeToken(token: string): void {
  const secret = {
    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
    name: "google-token",
    generic_secret: { secret: { inline_string: token } },
  };
  writeFileSync(`${tokenFile}.new`, JSON.stringify({ resources: [secret] }));
  renameSync(`${tokenFile}.new`, tokenFile);
}

beforeAll(async () => {
  mocks = await startMocks();
  writeToken(mocks.keys.vertex);
  const key = mocks.keys.vertex;
  const plugin = {
    role: "gateway",
    providers: [
      { id: "studio", type: "gemini", apiTokens: [mocks.keys.gemini] },
      { id: "express", type: "vertex", apiTokens: [key] },
      { id: "token", type: "vertex", apiTokens: [key], ...PROJECT },
      { id: "envoy", type: "vertex", ...PROJECT },
      { id: "compatible", type: "vertex", apiTokens: [key], vertexOpenAICompatible: true, ...PROJECT },
      { id: "claude", type: "claude", apiTokens: [mocks.keys.anthropic] },
    ],
    routes: [
      {
        model: "chain",
        targets: [
          { provider: "claude", model: "claude-sonnet-4-5" },
          { provider: "studio", model: "gemini-2.5-flash" },
          { provider: "envoy", model: "claude-sonnet-4-5" },
          { provider: "express", model: "gemini-2.5-pro" },
        ],
      },
    ],
  };
  const endpoint = (port: number) => `127.0.0.1:${String(port)}`;
  const vertex = endpoint(mocks.ports.vertex);
  envoy = await runEnvoy({}, (port, adminPort) =>
    renderEnvoy(plugin, {
      port,
      adminPort,
      module: projectPath("build", "modelmux.wasm"),
      googleTokenFile: tokenFile,
      logPath: "/dev/null",
      endpoints: {
        studio: endpoint(mocks.ports.gemini),
        claude: endpoint(mocks.ports.anthropic),
        express: vertex,
        token: vertex,
        envoy: vertex,
        compatible: vertex,
      },
    }),
  );
  client = new OpenAI({ baseURL: `${envoy.url}/v1`, apiKey: "client-key", maxRetries: 0 });
});
afterAll(async () => {
  await envoy?.stop();
  await mocks?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => mocks.reset());

const ask = (model: string) => ({ model, messages: [{ role: "user" as const, content: "Grüße" }] });

describe.each([
  "studio/gemini-2.5-flash",
  "express/gemini-2.5-flash",
  "token/gemini-3-flash-preview",
  "token/claude-sonnet-4-5@20250929",
  "envoy/gemini-2.5-pro",
  "envoy/claude-sonnet-4-5",
  "compatible/gemini-2.5-flash",
])("%s", (model) => {
  test("[67] [81] answers whole", async () => {
    const answer = await client.chat.completions.create(ask(model));
    expect(answer.choices[0]?.message.content).toContain("You said: Grüße");
    expect(answer.usage?.total_tokens).toBeGreaterThan(1);
  });

  test("[67] [81] streams", async () => {
    const stream = client.chat.completions.stream({ ...ask(model), stream_options: { include_usage: true } });
    const answer = await stream.finalChatCompletion();
    expect(answer.choices[0]?.message.content).toContain("You said: Grüße");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
  });
});

test("[81] keys stand in headers, never in the path; a token of Envoy's is the only one", async () => {
  await client.chat.completions.create(ask("express/gemini-2.5-flash"));
  await client.chat.completions.create(ask("envoy/gemini-2.5-flash"));
  const [express, token] = mocks.requests("vertex");
  expect([express?.headers["x-goog-api-key"], express?.headers["authorization"]]).toEqual([
    mocks.keys.vertex,
    undefined,
  ]);
  expect([token?.headers["x-goog-api-key"], token?.headers["authorization"]]).toEqual([
    undefined,
    `Bearer ${mocks.keys.vertex}`,
  ]);
  expect(`${String(express?.path)}${String(express?.query)}`).not.toContain(mocks.keys.vertex);
});

test("[81] the compatible API gets the model's publisher", async () => {
  await client.chat.completions.create(ask("compatible/gemini-2.5-flash"));
  expect(JSON.parse(String(mocks.requests("vertex")[0]?.body))).toMatchObject({ model: "google/gemini-2.5-flash" });
});

test("[67] [99] falls back through Google's protocols with nothing left over", async () => {
  mocks.script("anthropic", { status: 529 });
  mocks.script("gemini", { status: 429 });
  mocks.script("vertex", { status: 503 });
  const { data, response } = await client.chat.completions.create(ask("chain")).withResponse();
  expect(response.headers.get("x-modelmux-provider")).toBe("express");
  expect(data.choices[0]?.message.content).toContain("gemini-2.5-pro");
});

test("[81] a renewed token is used without a restart", async () => {
  writeToken("wrong-token");
  await expect
    .poll(
      () =>
        client.chat.completions.create(ask("envoy/gemini-2.5-flash")).then(
          () => 200,
          (error: { status: number }) => error.status,
        ),
      {
        timeout: 10_000,
      },
    )
    .toBe(401);
  writeToken(mocks.keys.vertex);
  await expect
    .poll(
      () =>
        client.chat.completions.create(ask("envoy/gemini-2.5-flash")).then(
          () => 200,
          (error: { status: number }) => error.status,
        ),
      {
        timeout: 10_000,
      },
    )
    .toBe(200);
});
