/*
 * Records `fixtures/envoy-1.40-traces.json` anew: sends every scenario of the file to a real Envoy with the probe filter and writes down what
 * the client got and what the probe logged. Run from the top folder: ENVOY_BIN=<path> npx tsx tests/host/record-traces.ts
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compileProbe } from "./compile-probe";
import { type RecordedScenario, recordedScenarios } from "./probe-scenarios";

const GATEWAY_PORT = 18480;
const PROVIDERS = [
  ["first", 18481],
  ["second", 18482],
] as const;

const head = (status: number, headers: string): string => `HTTP/1.1 ${String(status)} X\r\n${headers}\r\n\r\n`;
const chunked = head(200, "transfer-encoding: chunked\r\ncontent-type: text/plain");
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const last = "0\r\n\r\n";
/** Ends a script by closing the connection. */
const CLOSE = "close";

/** What a provider writes, by the mode in `x-up-<name>`; numbers are pauses in ms. */
const SCRIPTS: Record<string, (string | number)[]> = {
  ok: [chunked, 30, chunk("hello"), 30, chunk("world"), 30, last],
  once: [chunked + chunk("hello") + chunk("world") + last],
  length: [head(200, "content-length: 5"), 30, "hello"],
  empty: [head(200, "content-length: 0")],
  "429": [`${head(429, "content-length: 4")}busy`],
  retry: [`${head(200, "x-retry: 1\r\ncontent-length: 4")}busy`],
  reset: [CLOSE],
  headreset: [chunked, 50, CLOSE],
  midreset: [chunked, 30, chunk("hello"), 50, CLOSE],
  silence: [],
  headsilence: [chunked],
  trailers: [chunked, 30, chunk("hello"), 30, "0\r\nx-t: 1\r\n\r\n"],
  ratelimited: [`${head(429, "x-envoy-ratelimited: true\r\nx-retry: 1\r\ncontent-length: 4")}busy`],
  big: [chunked, 30, chunk("x".repeat(700)), 30, chunk("y".repeat(700)), 30, last],
};

function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  if (/transfer-encoding: chunked/i.test(text.slice(0, end))) return text.endsWith(last);
  return text.length >= end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
}

async function answer(socket: net.Socket, mode: string): Promise<void> {
  for (const step of SCRIPTS[mode] ?? []) {
    if (typeof step === "number") await sleep(step);
    else if (step === CLOSE) socket.destroy();
    else socket.write(step);
  }
}

function startProvider(name: string, port: number): net.Server {
  const server = net.createServer((socket) => {
    let text = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      text += data.toString("latin1");
      if (!isWhole(text)) return;
      const mode = new RegExp(`x-up-${name}: (.*)\r`, "i").exec(text)?.[1] ?? "ok";
      text = "";
      void answer(socket, mode);
    });
  });
  return server.listen(port, "127.0.0.1");
}

/** Sends one scenario; the client waits 900 ms at most and then goes away. */
async function send(scenario: RecordedScenario): Promise<string> {
  const socket = net.connect(GATEWAY_PORT, "127.0.0.1");
  let received = "";
  let isClosed = false;
  socket.on("data", (data) => (received += data.toString("latin1")));
  socket.on("close", () => (isClosed = true));
  socket.on("error", () => socket.destroy());
  const headers = Object.entries(scenario.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const framing = scenario.chunks === null ? "content-length: 0" : "transfer-encoding: chunked";
  socket.write(`${scenario.method} /path HTTP/1.1\r\nhost: h\r\n${headers.join("")}${framing}\r\n\r\n`);
  for (const piece of [...(scenario.chunks ?? []).map(chunk), ...(scenario.chunks === null ? [] : [last])]) {
    await sleep(30);
    socket.write(piece);
  }
  const end = Date.now() + 900;
  while (!isClosed && Date.now() < end && !(isWhole(received) && /content-length|chunked/i.test(received)))
    await sleep(20);
  await sleep(60);
  socket.destroy();
  await sleep(60);
  return received
    .replace(/date: .*?\r\n/, "")
    .replace("server: envoy\r\n", "")
    .replace(/service-time: \d+/, "service-time: 0");
}

const folder = mkdtempSync(join(tmpdir(), "modelmux-traces-"));
const module = join(folder, "probe.wasm");
writeFileSync(module, await compileProbe());
const template = readFileSync(new URL("./fixtures/probe.envoy.yaml", import.meta.url), "utf8");
writeFileSync(join(folder, "envoy.yaml"), template.replaceAll("PROBE_WASM", module));
const servers = PROVIDERS.map(([name, port]) => startProvider(name, port));
const logging = ["-l", "off", "--component-log-level", "wasm:info", "--log-format", "%v", "--use-dynamic-base-id"];
const settings = ["-c", join(folder, "envoy.yaml"), "--concurrency", "1", ...logging];
const envoy = spawn(process.env["ENVOY_BIN"] ?? "envoy", settings, { stdio: ["ignore", "ignore", "pipe"] });
let log = "";
envoy.stderr.on("data", (data: Buffer) => (log += data.toString("utf8")));
await sleep(1500);
const records: RecordedScenario[] = [];
for (const scenario of recordedScenarios()) {
  log = "";
  const client = await send(scenario);
  const lines = log.split("\n").filter((line) => line.startsWith("wasm log"));
  records.push({ ...scenario, client, trace: lines.map((line) => line.replace(/^.*?wasm log [^:]*: /, "")) });
}
envoy.kill("SIGTERM");
for (const server of servers) server.close();
rmSync(folder, { recursive: true });
const file = new URL("./fixtures/envoy-1.40-traces.json", import.meta.url);
writeFileSync(file, `[\n${records.map((record) => JSON.stringify(record)).join(",\n")}\n]\n`);
process.exit(0);
