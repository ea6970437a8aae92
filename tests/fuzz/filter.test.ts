import { describe, expect, it } from "vitest";
import type { ClientAnswer } from "../host/downstream";
import { MiniEnvoy } from "../host/mini-envoy";
import type { ScriptedAnswer, UpstreamRequest } from "../host/scripted-upstream";
import { PLUGIN, SECRETS } from "../filter/gateway";
import { buildRelease } from "../support/build";
import { randomSplits, SeededRandom } from "../support/chunking";
import { generateRequest } from "../support/request-generator";
import { mutate, recordedAnswers } from "./mutate";

/*
 * Random damage to requests, answers and their chunking, through the shipped module: it never traps, never leaks, never hangs, and what
 * it emits is always valid. Seeded and bounded: FUZZ_SEED (1) and FUZZ_ROUNDS (1500 for each build) change that for a longer hunt.
 */
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);
const ROUNDS = Number(process.env["FUZZ_ROUNDS"] ?? 1500);
const ROUNDS_PER_VM = 250;

const MODELS = [
  "deepseek-chat",
  "deepseek-claude",
  "claude-deepseek",
  "three",
  "only",
  "claude-sonnet-4-5",
  "qwen-max",
];
const STATUSES = [200, 200, 200, 200, 200, 200, 201, 204, 302, 400, 401, 404, 429, 500, 503, 529];
const JSON_TYPE = "application/json";
const EVENT_TYPE = "text/event-stream";
const TYPES = [JSON_TYPE, EVENT_TYPE, "text/event-stream; charset=utf-8", "text/html", ""];
const ENDINGS = ["complete", "complete", "complete", "complete", "reset", "silence"] as const;
const answers = recordedAnswers();
const release = await buildRelease();
const decoder = new TextDecoder("utf-8", { fatal: true });

function randomAnswer(random: SeededRandom): ScriptedAnswer {
  if (random.chance(0.05)) return { refuse: true };
  const recorded = random.pick(answers);
  const type = random.chance(0.8) ? (recorded.isStream ? EVENT_TYPE : JSON_TYPE) : random.pick(TYPES);
  const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
  if (random.chance(0.03)) headers["content-encoding"] = "gzip";
  if (random.chance(0.1)) headers["retry-after"] = "1";
  const withoutHeaders = random.chance(0.02);
  const endings = withoutHeaders ? ENDINGS.slice(-2) : ENDINGS;
  return {
    status: random.pick(STATUSES),
    headers,
    chunks: randomSplits(mutate(recorded.bytes, random), random, random.pick([1, 7, 60, 5000])),
    ending: random.pick(endings),
    withoutHeaders,
    endWithLastChunk: random.chance(0.3),
    ...(random.chance(0.05) ? { trailers: { "x-end": "1" } } : {}),
  };
}

function randomBody(random: SeededRandom): { body: Buffer; isDamaged: boolean } {
  const { body } = generateRequest(random);
  const wanted = { ...body, model: random.pick(MODELS), stream: random.chance(0.6) };
  const clean = Buffer.from(JSON.stringify(wanted));
  if (random.chance(0.5)) return { body: clean, isDamaged: false };
  return { body: mutate(clean, random), isDamaged: true };
}

/** Every byte that a client gets is what its content type says; the answer ends the way it must. */
function checkAnswer(answer: ClientAnswer): void {
  const text = decoder.decode(answer.body);
  const type = answer.headers.get("content-type") ?? "";
  if (type === "text/event-stream") checkEvents(text, answer.complete);
  else if (answer.complete) {
    expect(type, answer.details).toBe("application/json");
    const value = JSON.parse(text) as Record<string, unknown>;
    expect(answer.status < 300 ? "choices" in value : "error" in value, text).toBe(true);
  }
}

function checkEvents(text: string, isComplete: boolean): void {
  const events = text.split("\n\n");
  const rest = events.pop();
  expect(rest, "a stream ends with a whole event").toBe("");
  let isOver = false;
  for (const event of events) {
    expect(isOver, `nothing comes behind the end: ${event}`).toBe(false);
    expect(event.startsWith("data: "), event).toBe(true);
    const data = event.slice(6);
    if (data === "[DONE]") isOver = true;
    else isOver = "error" in (JSON.parse(data) as object);
  }
  if (isComplete) expect(isOver, `a complete stream says how it ended: ${text.slice(-300)}`).toBe(true);
}

/** What a provider gets is valid JSON, and carries nobody else's key. */
function checkUpstream(request: UpstreamRequest): void {
  const own = {
    deepseek: SECRETS.DEEPSEEK_API_KEY,
    dashscope: SECRETS.DASHSCOPE_API_KEY,
    claude: SECRETS.ANTHROPIC_API_KEY,
  };
  const body: unknown = JSON.parse(decoder.decode(request.body));
  expect(body).toBeTypeOf("object");
  const headers = JSON.stringify([...request.headers.entries()]);
  for (const [cluster, secret] of Object.entries(own)) {
    expect(headers.includes(secret), `${secret} at ${request.cluster}`).toBe(cluster === request.cluster);
  }
}

function runRound(envoy: MiniEnvoy, random: SeededRandom): void {
  for (const cluster of ["deepseek", "dashscope", "claude"])
    envoy.upstream(cluster, randomAnswer(random), randomAnswer(random));
  const { body } = randomBody(random);
  const answer = envoy.request({
    headers: { "content-type": "application/json", authorization: "Bearer client-secret" },
    bodyChunks: randomSplits(body, random, random.pick([50, 5000])),
    endWithLastChunk: random.chance(0.3),
  });
  checkAnswer(answer);
  for (const request of answer.upstreamRequests) if (request.complete) checkUpstream(request);
  const told = `${decoder.decode(answer.body)} ${envoy.log.text}`;
  for (const secret of [...Object.values(SECRETS), "client-secret"]) expect(told.includes(secret), secret).toBe(false);
}

describe("random damage", () => {
  it.each([
    ["modelmux.wasm", release.simd],
    ["modelmux.scalar.wasm", release.scalar],
  ])(
    "%s never traps, leaks, hangs or emits anything invalid",
    (_name, wasm) => {
      for (let start = 0; start < ROUNDS; start += ROUNDS_PER_VM) {
        const envoy = MiniEnvoy.start({ wasm, plugin: PLUGIN, environment: SECRETS });
        for (let round = start; round < Math.min(ROUNDS, start + ROUNDS_PER_VM); round++) {
          const seed = SEED * 1_000_003 + round;
          try {
            runRound(envoy, new SeededRandom(seed));
            // Buffers that all requests share grow during the first rounds; what stays after that is a leak.
            if (round - start === 100) envoy.settle();
            if (round - start > 100 && (round - start) % 10 === 0) envoy.assertNoLeaks();
          } catch (error) {
            throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`, { cause: error });
          }
        }
      }
    },
    240_000,
  );
});
