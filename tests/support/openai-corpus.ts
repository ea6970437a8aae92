import type { SeededRandom } from "./chunking";
import type { Member } from "./messages";
import { PDF_DATA, PNG_DATA, TEXT_DATA, WAV_DATA } from "./openai-corpus-data";

/** A generated request and what a test may need to know of it. */
export interface CorpusRequest {
  body: Member & { messages: Member[] };
}

/** What requests may hold beside what OpenAI itself takes. */
export interface CorpusOptions {
  /** Members that clients send for other vendors: `cache_control`, `thinking`, `top_k`, images in tool results. */
  extensions: boolean;
  /** Text alone: no tools, media, forms of answers and second choices, for vendors that have none of these. */
  textOnly?: boolean;
}

const TEXTS = [
  "Hello",
  "What is this?",
  'A "quoted" \\ word\nand a line',
  "Grüße aus Köln",
  "日本語のテキスト",
  "😀👩‍👩‍👧 emoji",
  " leading and trailing ",
  "tab\tand </script> & %20 \u2028 \u0007",
  "x".repeat(300),
  "0",
  "null",
  '{"error":"no"}',
  "[1,2]",
];
const TOOL_NAMES = ["get_weather", "search", "run-code", "lookup_2", "a", "very_long_name_".repeat(4) + "end"];
const ARGUMENTS = [
  "",
  "{}",
  '{"city":"Rome"}',
  '{ "nested": {"a": [1, 2.50, {"b": null}]}, "text": "x\\"y\\u00e9\\n" }',
  '{"n":9007199254740993,"e":1e-7}',
];
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"];

const CITY = { type: "string", description: "A city" };
const SCHEMAS: Member[] = [
  {},
  { type: "object", properties: {} },
  { type: "object", properties: { city: CITY, days: { type: "integer", minimum: 1 } }, required: ["city"] },
  { type: "object", properties: { unit: { type: "string", enum: ["c", "f"] } }, additionalProperties: false },
  { type: "object", properties: { list: { type: "array", items: { type: "object", properties: { a: CITY } } } } },
  { type: "object", properties: { maybe: { anyOf: [CITY, { type: "null" }] }, either: { type: ["string", "null"] } } },
  {
    type: "object",
    properties: { tree: { $ref: "#/$defs/node" } },
    $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
  },
  {
    type: "object",
    title: "Titled",
    $schema: "http://json-schema.org/draft-07/schema#",
    properties: { a: { const: "x" }, b: { type: "number", exclusiveMinimum: 0, default: 1 } },
  },
  {
    type: "object",
    properties: {
      when: { type: "string", format: "date-time", pattern: "^2", examples: ["2026"] },
      map: { type: "object", additionalProperties: CITY },
    },
  },
];
const STRICT_SCHEMA = {
  type: "object",
  properties: { city: CITY, note: { type: ["string", "null"] } },
  required: ["city", "note"],
  additionalProperties: false,
};

/** Builds one request; every feature of the API may meet every other one. */
class CorpusBuilder {
  private calls = 0;
  private cachePoints = 0;
  private readonly legacy: boolean;
  private readonly strange: boolean;

  constructor(
    private readonly random: SeededRandom,
    private readonly options: CorpusOptions,
  ) {
    this.legacy = random.chance(0.06);
    // What many vendors have no word for comes in few requests, so that it does not hide the rest.
    this.strange = random.chance(0.12);
  }

  build(): CorpusRequest {
    const body: CorpusRequest["body"] = { model: "client-model", messages: this.conversation() };
    if (this.options.textOnly !== true) {
      this.addToolChoice(body, this.addTools(body));
      this.addFormat(body);
    }
    this.addParameters(body);
    return { body };
  }

  private extended(): boolean {
    return this.options.extensions && this.random.chance(0.06);
  }

  private cached(part: Member): Member {
    if (this.cachePoints >= 4 || !this.extended()) return part;
    this.cachePoints += 1;
    return { ...part, cache_control: { type: "ephemeral", ...(this.random.chance(0.3) ? { ttl: "1h" } : {}) } };
  }

  private textPart(): Member {
    return this.cached({ type: "text", text: this.random.pick(TEXTS) });
  }

  private textContent(): unknown {
    if (this.random.chance(0.6)) return this.random.pick(TEXTS);
    return Array.from({ length: 1 + this.random.below(3) }, () => this.textPart());
  }

  private image(): Member {
    const url = this.random.pick([
      `data:image/png;base64,${PNG_DATA}`,
      `data:image/jpeg;base64,${PNG_DATA}`,
      `data:image/webp;base64,${PNG_DATA}`,
      "https://example.com/a%20b.webp?x=1&y=2",
      "https://example.com/cat.png",
    ]);
    const detail = this.random.pick<Member>([{}, { detail: "auto" }, { detail: "low" }, { detail: "high" }]);
    return { type: "image_url", image_url: { url, ...detail } };
  }

  private mediaPart(): Member {
    const file = (members: Member) => ({ type: "file", file: members });
    if (!this.strange) return this.cached(this.image());
    return this.cached(
      this.random.pick<() => Member>([
        () => this.image(),
        () => file({ file_data: `data:application/pdf;base64,${PDF_DATA}`, filename: "paper.pdf" }),
        () => file({ file_data: `data:application/pdf;base64,${PDF_DATA}`, filename: "paper.pdf" }),
        () => file({ file_data: `data:text/plain;base64,${TEXT_DATA}`, filename: "note (1).txt" }),
        () => file({ file_id: "file_abc123" }),
        () => ({ type: "input_audio", input_audio: { data: WAV_DATA, format: this.random.pick(["wav", "mp3"]) } }),
      ])(),
    );
  }

  private userMessage(): Member {
    const name = this.random.chance(0.05) ? { name: "ada" } : {};
    const isText = this.random.chance(0.6) || this.options.textOnly === true;
    if (isText) return { role: "user", content: this.textContent(), ...name };
    const parts = Array.from({ length: 1 + this.random.below(3) }, () =>
      this.random.chance(0.5) ? this.mediaPart() : this.textPart(),
    );
    return { role: "user", content: parts, ...name };
  }

  /** Reasoning that this or another vendor put into its answer, as clients hand it back. */
  private reasoning(): Member {
    if (!this.random.chance(0.2)) return {};
    const thinking = { type: "thinking", thinking: "Let me think.", signature: this.random.pick(["c2lnbmVk", ""]) };
    return this.random.pick<Member>([
      { reasoning_content: "Unsigned thoughts." },
      { reasoning: "Other thoughts." },
      { reasoning_content: "Let me think.", thinking_blocks: [thinking] },
      { thinking_blocks: [thinking, { type: "redacted_thinking", data: "b3BhcXVl" }] },
      { reasoning_details: [{ type: "reasoning.text", text: "Thoughts.", signature: "c2ln" }] },
    ]);
  }

  private callId(): string {
    this.calls += 1;
    const number = String(this.calls);
    return this.random.pick([
      `call_${number}`,
      `functions.f:${number}`,
      `toolu_01${number}`,
      `tooluse_kZ-${number}`,
      `call_${number}__thought__c2lnbmF0dXJl+/A==`,
      `chatcmpl-tool-${number}`,
    ]);
  }

  /** An assistant's calls and their results. */
  private toolRound(): Member[] {
    if (this.legacy) {
      const name = this.random.pick(TOOL_NAMES);
      return [
        { role: "assistant", content: null, function_call: { name, arguments: this.random.pick(ARGUMENTS) } },
        { role: "function", name, content: this.random.pick(TEXTS) },
      ];
    }
    const calls = Array.from({ length: 1 + this.random.below(3) }, () =>
      this.cached({
        id: this.callId(),
        type: "function",
        function: { name: this.random.pick(TOOL_NAMES), arguments: this.random.pick(ARGUMENTS) },
      }),
    );
    const content = this.random.chance(0.5) ? null : this.textContent();
    const results = calls.map((call) => this.toolResult(call["id"] as string));
    if (this.random.chance(0.2)) results.reverse();
    return [{ role: "assistant", content, tool_calls: calls, ...this.reasoning() }, ...results];
  }

  private toolResult(id: string): Member {
    const content = this.random.pick<() => unknown>([
      () => this.textContent(),
      () => this.textContent(),
      () => '{"temperature":21.50,"wind":{"speed":9007199254740993}}',
      () => (this.random.chance(0.3) ? "" : "done"),
      () => (this.extended() ? [this.textPart(), this.image()] : this.textContent()),
    ])();
    return { role: "tool", tool_call_id: id, content };
  }

  private systemMessage(): Member {
    return { role: this.random.pick(["system", "developer"]), content: this.textContent() };
  }

  private assistantMessage(): Member {
    const refusal = this.random.chance(0.04);
    if (refusal) return { role: "assistant", content: [{ type: "refusal", refusal: "I cannot." }] };
    return { role: "assistant", content: this.textContent(), ...this.reasoning() };
  }

  private callsTools(probability: number): boolean {
    return this.options.textOnly !== true && this.random.chance(probability);
  }

  private conversation(): Member[] {
    const messages: Member[] = [];
    if (this.random.chance(0.6)) messages.push(this.systemMessage());
    if (this.random.chance(0.1)) messages.push(this.systemMessage());
    // Some conversations begin with the assistant's greeting.
    if (this.random.chance(0.04)) messages.push(this.assistantMessage());
    const rounds = this.random.below(this.random.chance(0.05) ? 30 : 5);
    for (let round = 0; round < rounds; round++) {
      messages.push(this.userMessage());
      if (this.random.chance(0.1)) messages.push(this.userMessage());
      if (this.random.chance(0.08)) messages.push(this.systemMessage());
      for (let chain = 0; chain < 3 && this.callsTools(0.35); chain++) messages.push(...this.toolRound());
      if (this.random.chance(0.6)) messages.push(this.assistantMessage());
    }
    // The last word is the user's, or a tool's.
    if (rounds > 0 && this.callsTools(0.25)) messages.push(this.userMessage(), ...this.toolRound());
    else messages.push(this.userMessage());
    return messages;
  }

  private addTools(body: Member): string[] {
    if (this.random.chance(0.4)) return [];
    const names = TOOL_NAMES.filter(() => this.random.chance(0.5));
    if (names.length === 0) names.push("search");
    const functions = names.map((name) => ({
      name,
      ...this.random.pick<Member>([
        {},
        { description: "Does it." },
        { description: "" },
        { description: "ü".repeat(600) },
      ]),
      ...(this.random.chance(0.2)
        ? { parameters: STRICT_SCHEMA, strict: true }
        : this.random.pick<Member>([{}, ...SCHEMAS.map((parameters) => ({ parameters }))])),
    }));
    // The older form knows no `strict`.
    if (this.legacy) body["functions"] = functions.map((each) => ({ ...each, strict: undefined }));
    else body["tools"] = functions.map((each) => this.cached({ type: "function", function: each }));
    return names;
  }

  private addToolChoice(body: Member, names: string[]): void {
    if (names.length === 0) return;
    const name = this.random.pick(names);
    if (this.legacy) {
      if (this.random.chance(0.5)) body["function_call"] = this.random.pick<unknown>(["auto", "none", { name }]);
      return;
    }
    if (this.random.chance(0.6)) {
      const named = { type: "function", function: { name } };
      body["tool_choice"] = this.random.pick<unknown>(["auto", "none", "required", named]);
    }
    if (this.random.chance(0.3)) body["parallel_tool_calls"] = this.random.chance(0.5);
  }

  private addParameters(body: Member): void {
    const limit = this.random.pick(["max_tokens", "max_completion_tokens"]);
    const values: Record<string, readonly unknown[]> = {
      [limit]: [1, 100, 2048, 8192],
      temperature: [0, 0.7, 1, 1.3, 2],
      top_p: [0.1, 0.95, 1, 0],
      stop: ["END", ["a", "b"], ["one", "two", "three", "four"], " ", null],
      user: ["user-1", "jane@example.com", "+1 555 123 4567"],
      seed: [1, 2147483647, 9007199254740991],
      n: [1],
      presence_penalty: [0.5, -2],
      frequency_penalty: [-1, 2],
      logit_bias: [{ "50256": -100 }],
      store: [false, true],
      service_tier: ["auto", "default", "flex", "priority"],
      metadata: [{ team: "x" }],
      reasoning_effort: EFFORTS,
      verbosity: ["low", "medium", "high"],
      modalities: [["text"]],
      prompt_cache_key: ["key"],
      safety_identifier: ["hashed"],
      prediction: [{ type: "content", content: "The answer." }],
    };
    for (const [name, choices] of Object.entries(values)) {
      if (this.random.chance(name === "reasoning_effort" ? 0.3 : 0.15)) body[name] = this.random.pick(choices);
    }
    if (this.random.chance(0.08)) Object.assign(body, { logprobs: true, top_logprobs: this.random.pick([0, 2, 20]) });
    if (this.strange && this.options.textOnly !== true && this.random.chance(0.2)) body["n"] = 2;
    if (this.extended()) body["top_k"] = 40;
    if (this.extended()) body["thinking"] = { type: "enabled", budget_tokens: 2048 };
    if (!this.random.chance(0.5)) return;
    body["stream"] = true;
    if (this.random.chance(0.5)) body["stream_options"] = { include_usage: this.random.chance(0.7) };
  }

  private addFormat(body: CorpusRequest["body"]): void {
    if (!this.random.chance(0.25)) return;
    // OpenAI wants the word in the conversation.
    body.messages.unshift({ role: "system", content: "Answer in JSON." });
    const json_schema = this.random.chance(0.5)
      ? { name: "answer", strict: true, schema: STRICT_SCHEMA }
      : { name: "answer", description: "An answer.", schema: this.random.pick(SCHEMAS.slice(1)) };
    body["response_format"] = this.random.pick<Member>([
      { type: "text" },
      { type: "json_object" },
      { type: "json_schema", json_schema },
      { type: "json_schema", json_schema },
    ]);
  }
}

/** One valid request of OpenAI's chat API; the same seed gives the same requests. */
export function generateCorpusRequest(random: SeededRandom, options: CorpusOptions): CorpusRequest {
  return new CorpusBuilder(random, options).build();
}
