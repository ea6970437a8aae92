import { BEHAVIOURS, type Behaviour, type ProtocolAdapter } from "../../tests/providers/suite/adapter";
import { ask, targetOf } from "../../tests/providers/suite/ask";
import { listRequestCases, type RequestCase } from "../../tests/providers/suite/request-cases";
import { TranslateModule } from "../../tests/support/translate";

/** What becomes of a behaviour that a protocol's vendor cannot do. */
type Verdict = "yes" | "refused" | "left out" | "absent";

const SIGNS: Record<Verdict, string> = { yes: "✓", refused: "400", "left out": "–", absent: "–" };

/** Tries what a client would send: is it refused, or left out? Behaviours of answers are absent. */
function judge(module: TranslateModule, cases: RequestCase[], adapter: ProtocolAdapter, behaviour: Behaviour): Verdict {
  if (adapter.unsupported[behaviour] === undefined) return "yes";
  const own = cases.filter((each) => each.behaviour === behaviour);
  if (own.length === 0) return "absent";
  const refused = own.some(({ body }) => ask(module, adapter, targetOf(adapter, behaviour), body).error !== null);
  return refused ? "refused" : "left out";
}

/** One cell per line and row, as Markdown. */
export function renderTable(head: string[], rows: string[][]): string {
  const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\s+/g, " ").trim();
  const line = (cells: string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function renderReasons(adapter: ProtocolAdapter, numbers: Map<string, number>): string[] {
  const reasons = new Map<string, Behaviour[]>();
  for (const behaviour of BEHAVIOURS) {
    const reason = adapter.unsupported[behaviour];
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), behaviour]);
  }
  return [...reasons].map(([reason, behaviours]) => {
    const number = numbers.get(`${adapter.name} ${reason}`) ?? 0;
    return `${String(number)}. **${adapter.title}**, ${behaviours.join(", ")}: ${reason}`;
  });
}

/** The support matrix, its footnotes, and what is refused beside it. */
export async function renderMatrix(adapters: ProtocolAdapter[]): Promise<string> {
  const module = await TranslateModule.load();
  const cases = listRequestCases();
  const numbers = new Map<string, number>();
  for (const adapter of adapters) {
    for (const behaviour of BEHAVIOURS) {
      const key = `${adapter.name} ${adapter.unsupported[behaviour] ?? ""}`;
      if (adapter.unsupported[behaviour] !== undefined && !numbers.has(key)) numbers.set(key, numbers.size + 1);
    }
  }
  const rows = BEHAVIOURS.map((behaviour) => [
    behaviour,
    ...adapters.map((adapter) => {
      const sign = SIGNS[judge(module, cases, adapter, behaviour)];
      const number = numbers.get(`${adapter.name} ${adapter.unsupported[behaviour] ?? ""}`);
      return number === undefined ? sign : `${sign} <sup>${String(number)}</sup>`;
    }),
  ]);
  const reasons = adapters.flatMap((adapter) => renderReasons(adapter, numbers));
  const refusals = adapters.flatMap((adapter) => (adapter.refusals ?? []).map(({ reason }) => [adapter.title, reason]));
  return [
    renderTable(["", ...adapters.map(({ name }) => name)], rows),
    reasons.join("\n"),
    "Beside these, a valid request of OpenAI's API is refused with a 400, before any provider is asked, for these reasons only:",
    renderTable(["Protocol", "Refused"], refusals),
  ].join("\n\n");
}
