import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../support/chunking";
import { callsOf, type Member, textsOf } from "../../support/messages";
import { type CorpusRequest, generateCorpusRequest } from "../../support/openai-corpus";
import { TranslateModule } from "../../support/translate";
import type { ProtocolAdapter, SpokenRequest } from "./adapter";
import { adapter as openAiAdapter } from "../openai/adapter";
import { loadAdapters } from "./adapters";
import { ask } from "./ask";
import { checkSdkType } from "./sdk-types";

const REQUESTS = 2000;
/** Milliseconds; a busy machine takes its time. */
const TIME_LIMIT = 120_000;
const SEED = 20261124;
const EXAMPLES = 3;

const adapters = await loadAdapters();
const module = await TranslateModule.load();

/** What came of the corpus at one protocol. */
interface Outcome {
  accepted: number;
  refused: Record<string, number>;
  /** Complaints of the validators, and whatever else went wrong, with how often and an example. */
  problems: Record<string, { times: number; example: string }>;
}

function note(outcome: Outcome, problem: string, example: string): void {
  // One kind of complaint, whatever the numbers in it.
  const kind = problem.replace(/\s+/g, " ").replace(/\d+/g, "N").slice(0, 200);
  const known = (outcome.problems[kind] ??= { times: 0, example: example.slice(0, 1500) });
  known.times += 1;
}

/** Whether a text holds all others, one behind the other: the same words twice must be there twice. */
function holdsInOrder(text: string, wanted: readonly string[]): boolean {
  let start = 0;
  return wanted.every((each) => {
    const found = text.indexOf(each.trim(), start);
    start = found + each.trim().length;
    return found >= 0;
  });
}

/** What of a conversation did not reach the vendor. */
function findLosses(adapter: ProtocolAdapter, { body }: CorpusRequest, spoken: SpokenRequest): string[] {
  const losses: string[] = [];
  const said = (role: string): string[] =>
    spoken.turns.filter((turn) => turn.role === role).flatMap((turn) => turn.texts);
  const hasTurns = adapter.unsupported["multi-turn"] === undefined;
  // Where there is no role for system texts the user says them first.
  const asked = [
    ...textsOf(body.messages, ["system", "developer"]),
    ...(hasTurns ? textsOf(body.messages, ["user"]) : []),
  ];
  if (!holdsInOrder([...spoken.system, ...said("user")].join("\n"), asked))
    losses.push("a system text or a user's text is lost");
  if (hasTurns && !holdsInOrder(said("assistant").join("\n"), textsOf(body.messages, ["assistant"])))
    losses.push("an assistant's text is lost");
  if (adapter.unsupported["one tool"] !== undefined || adapter.unsupported["tool results"] !== undefined) return losses;
  const calls = spoken.turns.flatMap((turn) => turn.toolCalls);
  if (!isDeepStrictEqual(calls, callsOf(body.messages))) losses.push("a call is lost or changed");
  const results = body.messages.filter(({ role }) => role === "tool" || role === "function").length;
  if (spoken.turns.flatMap((turn) => turn.toolResults).length !== results) losses.push("a result is lost");
  return losses;
}

function tryRequest(adapter: ProtocolAdapter, round: number, request: CorpusRequest, outcome: Outcome): void {
  const targets = [adapter.target, ...(adapter.corpusTargets ?? [])];
  const target = targets[round % targets.length] ?? adapter.target;
  const example = `${JSON.stringify(target)} ${JSON.stringify(request.body)}`;
  const { status, error, path, headers, text } = ask(module, adapter, target, request.body);
  if (error !== null) {
    const { message, type } = error.error;
    const refusal = adapter.refusals?.find((each) => each.message.test(message));
    if (status !== 400 || type !== "invalid_request_error") note(outcome, `status ${String(status)} ${type}`, example);
    if (refusal === undefined) note(outcome, `refused: ${message}`, example);
    else outcome.refused[refusal.reason] = (outcome.refused[refusal.reason] ?? 0) + 1;
    return;
  }
  const upstream = { path, headers, text };
  const rejection = adapter.validate(upstream) ?? checkSdkType(adapter.name, upstream);
  if (rejection !== null) {
    note(outcome, rejection, `${example} => ${text}`);
    return;
  }
  for (const loss of findLosses(adapter, request, adapter.readRequest(upstream))) note(outcome, loss, example);
  outcome.accepted += 1;
}

/** The members of answers that clients hand back though no vendor of this protocol asks for them. */
function withoutReasoning(request: CorpusRequest): Member {
  const messages = request.body.messages.map((message) =>
    Object.fromEntries(Object.entries(message).filter(([name]) => !/^reasoning|^thinking_blocks$/.test(name))),
  );
  return { ...request.body, messages };
}

test(
  "the corpus is valid: OpenAI's SDK and OpenAI's mock take every request of it",
  () => {
    const random = new SeededRandom(SEED);
    for (let round = 0; round < REQUESTS; round++) {
      const text = JSON.stringify(withoutReasoning(generateCorpusRequest(random, { extensions: false })));
      const request = { path: "/v1/chat/completions", headers: { authorization: "Bearer test-key" }, text };
      expect(checkSdkType("openai", request), text).toBeNull();
      expect(openAiAdapter.validate(request), text).toBeNull();
    }
  },
  TIME_LIMIT,
);

/*
 * Every valid request of OpenAI's API, to every protocol: refused while planning for a reason in the adapter's table, or taken by the
 * strict mock and by the vendor's own types. Nothing of the conversation is lost.
 */
describe.each(adapters)("$title", (adapter) => {
  test(
    `${String(REQUESTS)} generated requests, none rejected`,
    () => {
      const outcome: Outcome = { accepted: 0, refused: {}, problems: {} };
      const random = new SeededRandom(SEED);
      for (let round = 0; round < REQUESTS; round++) {
        // OpenAI itself takes none of the members that clients send for other vendors.
        const extensions = adapter.name !== "openai";
        // A vendor without tools would refuse most of the corpus: half of it is text alone.
        const textOnly = adapter.unsupported["one tool"] !== undefined && round % 2 === 1;
        tryRequest(adapter, round, generateCorpusRequest(random, { extensions, textOnly }), outcome);
      }
      const problems = Object.entries(outcome.problems).sort(([, a], [, b]) => b.times - a.times);
      const shown = problems
        .slice(0, EXAMPLES)
        .map(([problem, { times, example }]) => `${problem} x${String(times)}: ${example}`);
      expect(
        problems.map(([problem, { times }]) => `${problem} x${String(times)}`),
        shown.join("\n\n"),
      ).toEqual([]);
      const refused = Object.values(outcome.refused).reduce((sum, count) => sum + count, 0);
      expect(outcome.accepted + refused).toBe(REQUESTS);
      expect(outcome.accepted, JSON.stringify(outcome.refused)).toBeGreaterThan(REQUESTS / 4);
    },
    TIME_LIMIT,
  );
});
