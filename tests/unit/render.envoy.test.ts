import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEnvoy } from "../../scripts/find-envoy";
import { renderCommittedFiles, renderEnvoy } from "../../scripts/render";
import { assignMockEndpoints } from "../../scripts/support/mock-providers";
import { PROJECT_ROOT, projectPath } from "../../scripts/support/project";
import { type Mocks, startMocks } from "../mocks/index";
import { runEnvoy, type RunningEnvoy } from "../support/run-envoy";

const MODULE = projectPath("build", "modelmux.wasm");
const KEYS = {
  DASHSCOPE_API_KEY: "mock-dashscope-key",
  DEEPSEEK_API_KEY: "mock-deepseek-key",
  OPENAI_API_KEY: "mock-openai-key",
  ANTHROPIC_API_KEY: "mock-anthropic-key",
};

function chat(envoy: RunningEnvoy, model: string, content = "Who are you?", more: object = {}): Promise<Response> {
  return fetch(`${envoy.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie: "session=1", "x-forwarded-for": "192.0.2.1" },
    body: JSON.stringify({ model, messages: [{ role: "user", content }], ...more }),
  });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are poked into, and a wrong shape fails the test
async function readJson(answer: Response): Promise<any> {
  return answer.json();
}

describe("the committed configurations", () => {
  it.each(renderCommittedFiles().map(({ path }) => path))("%s is valid for Envoy", async (path) => {
    const parameters = ["--mode", "validate", "-c", path, "-l", "warning"];
    const answer = spawnSync(await findEnvoy(), parameters, { cwd: PROJECT_ROOT, encoding: "utf8", env: KEYS });
    // No warnings either: a deprecated field would be one.
    expect(answer.stderr.replace(/^configuration '.*' OK$/m, "").trim()).toBe("");
    expect(answer.status).toBe(0);
  });
});

describe("the configuration for docker-compose.yml, run without Docker", () => {
  let mocks: Mocks;
  let envoy: RunningEnvoy;

  beforeAll(async () => {
    mocks = await startMocks();
    const text = readFileSync(projectPath("envoy/envoy.docker.yaml"), "utf8");
    const ports = [mocks.ports.openai, mocks.ports.deepseek, mocks.ports.dashscope, mocks.ports.anthropic];
    envoy = await runEnvoy(KEYS, (port, adminPort) =>
      ports
        .reduce(
          (yaml, mockPort, index) => yaml.replaceAll(`port_value: ${9101 + index}`, `port_value: ${mockPort}`),
          text,
        )
        .replaceAll("address: mocks", "address: localhost")
        .replaceAll("address: 0.0.0.0", "address: 127.0.0.1")
        .replace("port_value: 8080", `port_value: ${port}`)
        .replace("port_value: 9901", `port_value: ${adminPort}`)
        .replace("filename: build/modelmux.wasm", `filename: ${MODULE}`),
    );
  });
  afterAll(async () => {
    await envoy?.stop();
    await mocks?.close();
  });

  it.each([
    ["qwen-max", "dashscope"],
    ["deepseek-chat", "deepseek"],
    ["gpt-4o", "openai"],
    ["claude-sonnet-4-5", "claude"],
  ])("serves %s from %s", async (model, provider) => {
    const answer = await chat(envoy, model);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-modelmux-provider")).toBe(provider);
    expect((await readJson(answer)).choices[0].message.content).toContain(model);
  });

  it("falls back", async () => {
    mocks.script("deepseek", { status: 429 });
    const answer = await chat(envoy, "deepseek-chat");
    expect(answer.headers.get("x-modelmux-provider")).toBe("dashscope");
    expect(answer.status).toBe(200);
  });

  it("tells vendors nothing about the client, and clients nothing about Envoy", async () => {
    mocks.reset();
    const answer = await chat(envoy, "gpt-4o");
    const names = Object.keys(mocks.requests("openai")[0]?.headers ?? {});
    expect(names).toContain("authorization");
    expect(names.filter((name) => /^(cookie|forwarded|x-forwarded-.*|x-envoy-.*|x-modelmux-.*)$/.test(name))).toEqual(
      [],
    );
    expect([...answer.headers].map(([name]) => name).filter((name) => /^(server|via|x-envoy-.*)$/.test(name))).toEqual(
      [],
    );
  });
});

describe("replies that the module cannot see", () => {
  let envoy: RunningEnvoy;

  beforeAll(async () => {
    const plugin = {
      role: "gateway",
      providers: [{ id: "openai", type: "openai", apiTokens: ["x"] }],
      routes: [{ model: "*", targets: [{ provider: "openai" }] }],
    };
    const endpoints = { openai: "127.0.0.1:9" };
    envoy = await runEnvoy({}, (port, adminPort) =>
      renderEnvoy(plugin, { port, adminPort, module: MODULE, endpoints, logPath: "/dev/null" }),
    );
  });
  afterAll(() => envoy?.stop());

  it.each([
    ["not HTTP", "GARBAGE\r\n\r\n", 400, "http1.codec_error"],
    ["no host", "GET /v1/models HTTP/1.1\r\n\r\n", 400, "missing_host_header"],
    ["an HTTP of long ago", "GET /v1/models HTTP/1.0\r\n\r\n", 426, "low_version"],
    ["a broken length", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", 400, "http1."],
    [
      "headers too large",
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(70000)}\r\n\r\n`,
      431,
      "http1.headers_too_large",
    ],
    ["a path with a NUL", "GET /%00 HTTP/1.1\r\nhost: a\r\n\r\n", 400, "path_normalization_failed"],
  ])("have OpenAI's envelope: %s", async (_name, request, status, details) => {
    const { head, body } = await send(envoy.port, request);
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toMatch(/^content-type: application\/json\r?$/m);
    const { error } = JSON.parse(body);
    expect(error).toMatchObject({ type: "invalid_request_error", param: null, code: null });
    expect(error.message).toContain(details);
  });

  it("do not cover the module's own", async () => {
    const answer = await fetch(`${envoy.url}/nothing`);
    expect(answer.status).toBe(404);
    expect((await readJson(answer)).error.message).not.toContain("could not accept this HTTP request");
  });
});

/** Sends bytes as they are and reads until the peer closes or is silent. */
function send(port: number, request: string): Promise<{ head: string; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    let text = "";
    socket.setTimeout(3000, () => socket.destroy());
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.once("error", (error) => (text === "" ? reject(error) : undefined));
    socket.once("close", () => {
      const end = text.indexOf("\r\n\r\n");
      resolve({ head: text.slice(0, end), body: text.slice(end + 4) });
    });
  });
}

describe("large bodies", () => {
  let mocks: Mocks;
  let envoy: RunningEnvoy;

  beforeAll(async () => {
    mocks = await startMocks({ journalSize: 1 });
    const plugin = JSON.parse(readFileSync(projectPath("envoy/gateway.json"), "utf8"));
    envoy = await runEnvoy(KEYS, (port, adminPort) =>
      renderEnvoy(plugin, {
        port,
        adminPort,
        module: MODULE,
        endpoints: assignMockEndpoints(plugin, "127.0.0.1", mocks.ports),
        logPath: "/dev/null",
      }),
    );
  });
  afterAll(async () => {
    await envoy?.stop();
    await mocks?.close();
  });

  it("of 20 MB fall back", async () => {
    mocks.script("deepseek", { status: 503 });
    const answer = await chat(envoy, "deepseek-chat", "x".repeat(20_000_000));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-modelmux-provider")).toBe("dashscope");
    await answer.arrayBuffer();
  });

  it("up to limits.maxBodyBytes are served, one byte more is a 413 in OpenAI's envelope", async () => {
    const limit = 33554432;
    const frame = JSON.stringify({ model: "qwen-max", messages: [{ role: "user", content: "" }] }).length;
    const fitting = await chat(envoy, "qwen-max", "x".repeat(limit - frame));
    expect(fitting.status).toBe(200);
    await fitting.arrayBuffer();
    for (const extra of [1, 3_000_000]) {
      const answer = await chat(envoy, "qwen-max", "x".repeat(limit - frame + extra));
      expect(answer.status).toBe(413);
      expect((await readJson(answer)).error.type).toBe("request_too_large");
    }
  });
});

describe("TLS", () => {
  const tls = (name: string): string => projectPath("tests", "unit", "fixtures", "tls", `${name}.pem`);
  let server: Http2SecureServer;
  let served: { protocol: string; host: string | undefined; serverName: string | undefined }[] = [];

  /** A vendor at localhost with the certificate of `name`; gives what a chat through Envoy answers. */
  async function chatOverTls(name: string, caPath: string): Promise<Response> {
    served = [];
    server = createSecureServer({
      key: readFileSync(tls(`${name}.key`)),
      cert: readFileSync(tls(name)),
      allowHTTP1: true,
    });
    server.on("request", (request, response) => {
      const socket = request.httpVersion === "2.0" ? request.stream.session?.socket : request.socket;
      const serverName = (socket as { servername?: string } | undefined)?.servername;
      served.push({ protocol: request.httpVersion, host: request.authority, serverName });
      const message = { role: "assistant", content: "over TLS" };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ id: "x", object: "chat.completion", created: 1, model: "m", choices }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port: vendorPort } = server.address() as { port: number };
    const provider = { id: "own", type: "vllm", providerDomain: `localhost:${vendorPort}`, apiTokens: ["secret"] };
    const plugin = { role: "gateway", providers: [provider], routes: [{ model: "*", targets: [{ provider: "own" }] }] };
    const envoy = await runEnvoy({}, (port, adminPort) =>
      renderEnvoy(plugin, { port, adminPort, module: MODULE, caPath, logPath: "/dev/null" }),
    );
    try {
      const answer = await chat(envoy, "m");
      return new Response(await answer.text(), { status: answer.status });
    } finally {
      await envoy.stop();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it("sends the vendor's name, checks its certificate and takes HTTP/2", async () => {
    const answer = await chatOverTls("localhost", tls("authority"));
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect((await readJson(answer)).choices[0].message.content).toBe("over TLS");
    expect(served).toHaveLength(1);
    expect(served[0]).toMatchObject({ protocol: "2.0", serverName: "localhost" });
  });

  it("refuses a certificate for another host", async () => {
    expect((await chatOverTls("other", tls("authority"))).status).toBe(502);
    expect(served).toEqual([]);
  });

  it("refuses a certificate of an unknown authority", async () => {
    expect((await chatOverTls("localhost", tls("other"))).status).toBe(502);
    expect(served).toEqual([]);
  });
});
