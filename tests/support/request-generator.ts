import type { SeededRandom } from "./chunking";
import type { Member } from "./messages";

/** A generated request of OpenAI's chat API and what a test may need to know of it. */
export interface GeneratedRequest {
  body: Member & { messages: Member[] };
  /** Whether the last message with content is the assistant's (a prefill). */
  endsWithAssistant: boolean;
}

const TEXTS = [
  "Hello",
  "What is this?",
  'A "quoted" \\ word\nand a line',
  "Grüße aus Köln",
  "日本語のテキスト",
  "😀👩‍👩‍👧 emoji",
  " leading and trailing ",
  "tab\tand </script> & %20",
  "x".repeat(300),
  "0",
  "null",
];
const BLANKS = ["", " ", "\n\t", "\u00a0", "\u3000"];
const TOOL_NAMES = ["get_weather", "search", "run-code", "lookup_2"];
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PDF = Buffer.from("%PDF-1.7 tiny").toString("base64");

/** Builds one request; every feature of the API may meet every other one. */
class RequestBuilder {
  private calls = 0;
  /** Anthropic takes four cache breakpoints. */
  private cachePoints = 0;
  private legacy: boolean;

  constructor(private readonly random: SeededRandom) {
    this.legacy = random.chance(0.1);
  }

  build(): GeneratedRequest {
    const { messages, endsWithAssistant } = this.conversation();
    const body: GeneratedRequest["body"] = { model: "client-model", messages };
    this.addTools(body);
    this.addParameters(body);
    this.addFormat(body);
    return { body, endsWithAssistant };
  }

  private text(): string {
    return this.random.chance(0.08) ? this.random.pick(BLANKS) : this.random.pick(TEXTS);
  }

  private cached(part: Member): Member {
    if (this.cachePoints >= 4 || !this.random.chance(0.05)) return part;
    this.cachePoints += 1;
    return {
      ...part,
      cache_control: this.random.chance(0.5) ? { type: "ephemeral" } : { type: "ephemeral", ttl: "1h" },
    };
  }

  private textPart(text = this.text()): Member {
    // A blank part is left out together with its breakpoint, so it gets none here.
    return text.trim() === "" ? { type: "text", text } : this.cached({ type: "text", text });
  }

  private textContent(): unknown {
    if (this.random.chance(0.6)) return this.text();
    return Array.from({ length: 1 + this.random.below(3) }, () => this.textPart());
  }

  private mediaPart(): Member {
    const image = (url: string) => ({
      type: "image_url",
      image_url: { url, detail: this.random.pick(["auto", "low", "high"]) },
    });
    const file = (members: Member) => ({ type: "file", file: members });
    return this.cached(
      this.random.pick([
        image(`data:image/png;base64,${PIXEL}`),
        image(`data:IMAGE/JPG;charset=x;base64,${PIXEL}`),
        image("https://example.com/a%20b.webp?x=1&y=2"),
        file({ file_data: `data:application/pdf;base64,${PDF}`, filename: "paper.pdf" }),
        file({ file_id: "file_abc123" }),
        file({ file_data: "data:text/plain;base64,SGFsbG8=", filename: "note.txt" }),
      ]),
    );
  }

  private userMessage(): Member {
    if (this.random.chance(0.6)) return { role: "user", content: this.textContent() };
    const parts = Array.from({ length: 1 + this.random.below(3) }, () =>
      this.random.chance(0.5) ? this.mediaPart() : this.textPart(),
    );
    return { role: "user", content: parts };
  }

  private argumentsText(): string | null {
    return this.random.pick([
      "",
      "{}",
      '{"city":"Rome"}',
      '{ "nested": {"a": [1, 2.50, {"b": null}]}, "text": "x\\"y\\u00e9\\n" }',
      '{"n":9007199254740993,"e":1e-7}',
    ]);
  }

  private reasoning(): Member {
    if (!this.random.chance(0.25)) return {};
    const thinking = { type: "thinking", thinking: "Let me think.", signature: this.random.pick(["c2lnbmVk", ""]) };
    const redacted = { type: "redacted_thinking", data: "b3BhcXVl" };
    return this.random.pick<Member>([
      { reasoning_content: "Unsigned thoughts." },
      { thinking_blocks: [thinking] },
      { thinking_blocks: [thinking, redacted] },
    ]);
  }

  /** An assistant's calls and their results, with other messages between results now and then. */
  private toolRound(): Member[] {
    if (this.legacy) {
      const name = this.random.pick(TOOL_NAMES);
      const call = { name, arguments: this.argumentsText() };
      return [
        { role: "assistant", content: null, function_call: call },
        { role: "function", name, content: this.text() },
      ];
    }
    const ids = Array.from({ length: 1 + this.random.below(3) }, () => {
      this.calls += 1;
      return this.random.pick([
        `call_${String(this.calls)}`,
        `functions.f:${String(this.calls)}`,
        `toolu_${String(this.calls)}`,
      ]);
    });
    const calls = ids.map((id) =>
      this.cached({
        id,
        type: "function",
        function: { name: this.random.pick(TOOL_NAMES), arguments: this.argumentsText() },
      }),
    );
    const content = this.random.chance(0.5) ? null : this.textContent();
    const results = ids.map((id) => this.toolResult(id));
    return [{ role: "assistant", content, tool_calls: calls, ...this.reasoning() }, ...results];
  }

  private toolResult(id: string): Member {
    const content = this.random.chance(0.3)
      ? [this.textPart(), { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } }]
      : this.textContent();
    return { role: "tool", tool_call_id: id, content };
  }

  private conversation(): { messages: Member[]; endsWithAssistant: boolean } {
    const messages: Member[] = [];
    const systemRole = this.random.pick(["system", "developer"]);
    if (this.random.chance(0.6)) messages.push({ role: systemRole, content: this.textContent() });
    const rounds = 1 + this.random.below(5);
    for (let round = 0; round < rounds; round++) {
      messages.push(this.userMessage());
      if (this.random.chance(0.1)) messages.push({ role: systemRole, content: this.textContent() });
      if (this.random.chance(0.4)) messages.push(...this.toolRound());
      if (this.random.chance(0.6))
        messages.push({ role: "assistant", content: this.textContent(), ...this.reasoning() });
      if (this.random.chance(0.05)) messages.push({ role: "assistant", content: null });
    }
    const prefill = this.random.chance(0.1);
    messages.push(prefill ? { role: "assistant", content: "The answer is " } : { role: "user", content: "Go on." });
    return { messages, endsWithAssistant: prefill };
  }

  private schema(closed: boolean): Member {
    const properties = { city: { type: "string", description: "A city" }, days: { type: "integer", minimum: 1 } };
    const schema = { type: "object", properties, required: ["city", "days"] };
    return closed ? { ...schema, additionalProperties: false } : schema;
  }

  private addTools(body: Member): void {
    if (this.random.chance(0.4)) return;
    const functions = TOOL_NAMES.slice(0, 1 + this.random.below(TOOL_NAMES.length)).map((name) => ({
      name,
      ...this.random.pick<Member>([{}, { description: "Does it." }, { description: "" }]),
      ...this.random.pick<Member>([
        {},
        { parameters: {} },
        { parameters: { properties: {} } },
        { parameters: this.schema(false) },
        { parameters: this.schema(true), strict: true },
      ]),
    }));
    const named = this.random.pick(functions).name;
    if (this.legacy) {
      body["functions"] = functions;
      if (this.random.chance(0.5)) body["function_call"] = this.random.pick<unknown>(["auto", "none", { name: named }]);
      return;
    }
    body["tools"] = functions.map((each) => this.cached({ type: "function", function: each }));
    if (this.random.chance(0.6)) {
      const choice = { type: "function", function: { name: named } };
      body["tool_choice"] = this.random.pick<unknown>(["auto", "none", "required", choice]);
    }
    if (this.random.chance(0.3)) body["parallel_tool_calls"] = this.random.chance(0.5);
  }

  private addParameters(body: Member): void {
    const values: Record<string, readonly unknown[]> = {
      max_tokens: [1, 100, 2048, 30000],
      max_completion_tokens: [1, 1024, 4096, null],
      temperature: [0, 0.7, 1, 1.3, 2],
      top_p: [0.1, 0.95, 1],
      stop: ["END", ["a", "b"], ["", " "], "", null],
      user: ["user-1", "jane@example.com", "+1 555 123 4567", ""],
      seed: [1, 9007199254740991],
      n: [1],
      presence_penalty: [0.5],
      frequency_penalty: [-1],
      logit_bias: [{ "50256": -100 }],
      logprobs: [true],
      top_logprobs: [2],
      store: [false],
      service_tier: ["auto", "default"],
      metadata: [{ team: "x" }],
      reasoning_effort: EFFORTS,
    };
    for (const [name, choices] of Object.entries(values)) {
      if (this.random.chance(0.2)) body[name] = this.random.pick(choices);
    }
    if (!this.random.chance(0.5)) return;
    body["stream"] = true;
    if (this.random.chance(0.5)) body["stream_options"] = { include_usage: this.random.chance(0.7) };
  }

  private addFormat(body: Member): void {
    if (!this.random.chance(0.25)) return;
    const strict = this.random.chance(0.5);
    const json_schema = { name: "answer", strict, schema: this.schema(strict || this.random.chance(0.5)) };
    body["response_format"] = this.random.pick<Member>([
      { type: "text" },
      { type: "json_object" },
      { type: "json_schema", json_schema },
    ]);
  }
}

/** One valid request of OpenAI's chat API; the same seed gives the same requests. */
export function generateRequest(random: SeededRandom): GeneratedRequest {
  return new RequestBuilder(random).build();
}

/** Writes a value as JSON with white space and escapes in unusual but allowed places. */
export function renderJson(value: unknown, random: SeededRandom): string {
  const space = () => (random.chance(0.1) ? random.pick([" ", "\n", "\t", "\r\n  "]) : "");
  if (Array.isArray(value)) {
    return `[${value.map((item) => space() + renderJson(item, random) + space()).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const written = members.map(([name, member]) => {
      return `${space()}${renderText(name, random)}${space()}:${space()}${renderJson(member, random)}${space()}`;
    });
    return `{${written.join(",")}}`;
  }
  return typeof value === "string" ? renderText(value, random) : JSON.stringify(value);
}

function renderText(text: string, random: SeededRandom): string {
  const escapes = random.chance(0.2);
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  const written = units.map((unit, index) => {
    const character = text.charAt(index);
    // Both halves of a surrogate pair are escaped or neither is.
    if (unit >= 0xd800 && unit <= 0xdfff) return escapes ? escapeUnit(unit) : character;
    if (character === "/" && escapes) return "\\/";
    if (unit < 0x20 || character === '"' || character === "\\") return JSON.stringify(character).slice(1, -1);
    return escapes && random.chance(0.3) ? escapeUnit(unit) : character;
  });
  return `"${written.join("")}"`;
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
