import { deepEqual, ok } from "node:assert/strict";
import type { Behaviour, SpokenRequest } from "./adapter";
import { joinTurns, turnOf } from "../../support/adapter-tools";
import type { Body } from "./ask";

type Member = Record<string, unknown>;

/** A request that shows one behaviour. */
export interface RequestCase {
  behaviour: Behaviour;
  name: string;
  body: Body;
  /** Throws when the vendor's request does not say it. */
  expectSaid(spoken: SpokenRequest): void;
  /** Whether the request says it, for vendors that cannot: a left-out member is a documented drop. */
  isSaid(spoken: SpokenRequest): boolean;
}

/** A picture of one pixel. */
export const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
export const IMAGE_URL = "https://example.com/cat.png";
/** The first bytes of a PDF. */
export const PDF = `data:application/pdf;base64,${Buffer.from("%PDF-1.7 tiny").toString("base64")}`;

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
export const TOOLS = ["get_weather", "get_time"].map((name) => ({
  type: "function",
  function: { name, description: `Calls ${name}.`, parameters: SCHEMA },
}));

export const user = (content: unknown): Member => ({ role: "user", content });
export const assistant = (content: unknown, more: Member = {}): Member => ({ role: "assistant", content, ...more });
export const call = (id: string, name: string, argumentsText: string): Member => ({
  id,
  type: "function",
  function: { name, arguments: argumentsText },
});
export const result = (id: string, content: unknown): Member => ({ role: "tool", tool_call_id: id, content });

const QUESTION = user("Hello");

function request(members: Member, messages: Member[] = [QUESTION]): Body {
  return { model: "client-model", messages, ...members };
}

function one(
  behaviour: Behaviour,
  name: string,
  body: Body,
  expectSaid: (spoken: SpokenRequest) => void,
  isSaid: (spoken: SpokenRequest) => boolean,
): RequestCase {
  return { behaviour, name, body, expectSaid, isSaid };
}

/** As JSON has it: without members that are undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

/** A case of a member that is said or left out. */
function member<Value>(
  behaviour: Behaviour,
  name: string,
  body: Body,
  read: (spoken: SpokenRequest) => Value,
  wanted: Value,
): RequestCase {
  return one(
    behaviour,
    name,
    body,
    (spoken) => deepEqual(plain(read(spoken)), plain(wanted)),
    (spoken) => JSON.stringify(read(spoken)) === JSON.stringify(wanted),
  );
}

/** The texts occur, in order. */
function hold(texts: readonly string[], wanted: readonly string[]): boolean {
  const all = texts.join("\n");
  let from = 0;
  for (const text of wanted) {
    const at = all.indexOf(text, from);
    if (at < 0) return false;
    from = at + text.length;
  }
  return true;
}

function inSystem(behaviour: Behaviour, name: string, messages: Member[], wanted: string[]): RequestCase {
  return one(
    behaviour,
    name,
    request({}, messages),
    ({ system, turns }) => {
      ok(hold(system, wanted), `system: ${JSON.stringify(system)}`);
      ok(turns.every(({ role }) => role === "user" || role === "assistant"));
    },
    ({ system }) => hold(system, wanted),
  );
}

function readText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function resultsOf(spoken: SpokenRequest): unknown[] {
  return spoken.turns.flatMap((each) => each.toolResults.map(({ name, text }) => ({ name, text: readText(text) })));
}
const callsOf = (spoken: SpokenRequest): unknown[] => spoken.turns.flatMap((each) => each.toolCalls);
const imagesOf = (spoken: SpokenRequest): string[] => spoken.turns.flatMap((each) => each.images);
const documentsOf = (spoken: SpokenRequest): string[] => spoken.turns.flatMap((each) => each.documents);

const CONVERSATION = [user("My name is Ada."), assistant("Hello Ada."), user("Who am I?")];

function textCases(): RequestCase[] {
  const said = (spoken: SpokenRequest, texts: string[]) =>
    hold(joinTurns(spoken.turns).at(-1)?.texts ?? [], texts) && joinTurns(spoken.turns).at(-1)?.role === "user";
  const text = (name: string, content: unknown, texts: string[], more: Member = {}) =>
    one(
      "text",
      name,
      request(more, [user(content)]),
      (spoken) => ok(said(spoken, texts), JSON.stringify(spoken)),
      (spoken) => said(spoken, texts),
    );
  const parts = ["What ", 'is "this"?\n', "日本語 😀"];
  return [
    text("a string", "Hello", ["Hello"]),
    text(
      "parts",
      parts.map((part) => ({ type: "text", text: part })),
      parts,
    ),
    one(
      "text",
      "with stream",
      request({ stream: true }),
      (spoken) => ok(spoken.stream !== false, "stream"),
      () => true,
    ),
    one(
      "text",
      "without stream",
      request({}),
      (spoken) => ok(spoken.stream !== true, "stream"),
      () => true,
    ),
    one(
      "multi-turn",
      "three turns",
      request({}, CONVERSATION),
      (spoken) =>
        deepEqual(joinTurns(spoken.turns), [
          turnOf("user", { texts: ["My name is Ada."] }),
          turnOf("assistant", { texts: ["Hello Ada."] }),
          turnOf("user", { texts: ["Who am I?"] }),
        ]),
      (spoken) => joinTurns(spoken.turns).length === 3,
    ),
  ];
}

function systemCases(): RequestCase[] {
  return (["system", "developer"] as const).flatMap((role) => {
    const behaviour: Behaviour = role === "system" ? "system messages" : "developer messages";
    const say = (content: unknown): Member => ({ role, content });
    return [
      inSystem(behaviour, "one", [say("Be brief."), QUESTION], ["Be brief."]),
      inSystem(
        behaviour,
        "several",
        [say("Be brief."), say([{ type: "text", text: "Be kind." }]), QUESTION],
        ["Be brief.", "Be kind."],
      ),
      inSystem(
        behaviour,
        "in the middle",
        [say("Be brief."), ...CONVERSATION.slice(0, 2), say("Be kind."), QUESTION],
        ["Be brief.", "Be kind."],
      ),
    ];
  });
}

function toolCases(): RequestCase[] {
  const named = (spoken: SpokenRequest) => spoken.tools.map(({ name, description }) => [name, description]);
  const all = TOOLS.map(({ function: { name, description } }) => [name, description]);
  const twoCalls = [call("call_a", "get_weather", '{"city":"Rome"}'), call("call_b", "get_time", "")];
  const history = [
    QUESTION,
    assistant("Let me see.", { tool_calls: twoCalls }),
    result("call_a", "It is sunny."),
    result("call_b", [{ type: "text", text: '{"hour":12}' }]),
    user("And?"),
  ];
  const choice = (value: unknown): Body => request({ tools: TOOLS, tool_choice: value });
  const isNamed = ({ toolChoice, tools }: SpokenRequest) =>
    (typeof toolChoice === "object" && toolChoice.name === "get_time") ||
    (toolChoice === "required" && tools.length === 1 && tools[0]?.name === "get_time");
  const isNone = ({ toolChoice, tools }: SpokenRequest) => toolChoice === "none" || tools.length === 0;
  return [
    member("one tool", "offered", request({ tools: TOOLS.slice(0, 1) }), named, all.slice(0, 1)),
    one(
      "one tool",
      "choice auto",
      choice("auto"),
      ({ toolChoice }) => deepEqual(toolChoice, "auto"),
      ({ tools }) => tools.length > 0,
    ),
    member("parallel tools", "two offered", request({ tools: TOOLS }), named, all),
    member("parallel tools", "two calls in the history", request({ tools: TOOLS }, history), callsOf, [
      { name: "get_weather", arguments: { city: "Rome" } },
      { name: "get_time", arguments: {} },
    ]),
    member("tool choice required", "required", choice("required"), ({ toolChoice }) => toolChoice, "required"),
    one(
      "tool choice named",
      "named",
      choice({ type: "function", function: { name: "get_time" } }),
      (spoken) => ok(isNamed(spoken), JSON.stringify(spoken)),
      isNamed,
    ),
    one(
      "tool choice none",
      "none",
      choice("none"),
      (spoken) => ok(isNone(spoken), JSON.stringify(spoken)),
      ({ toolChoice }) => toolChoice === "none",
    ),
    member("tool results", "text and JSON", request({ tools: TOOLS }, history), resultsOf, [
      { name: "get_weather", text: "It is sunny." },
      { name: "get_time", text: { hour: 12 } },
    ]),
    member(
      "tool results",
      "tools no longer offered",
      request({}, history),
      (spoken) => resultsOf(spoken).length + callsOf(spoken).length,
      4,
    ),
    one(
      "tool results",
      "an empty one",
      request({ tools: TOOLS }, [
        QUESTION,
        assistant(null, { tool_calls: twoCalls.slice(0, 1) }),
        result("call_a", ""),
        user("And?"),
      ]),
      (spoken) => deepEqual(callsOf(spoken).length, 1),
      (spoken) => callsOf(spoken).length === 1,
    ),
  ];
}

function mediaCases(): RequestCase[] {
  const image = (url: string): Member => ({ type: "image_url", image_url: { url } });
  const content = (...parts: Member[]): Body =>
    request({}, [user([{ type: "text", text: "What is this?" }, ...parts])]);
  const file: Member = { type: "file", file: { file_data: PDF, filename: "paper.pdf" } };
  return [
    member("image by URL", "one", content(image(IMAGE_URL)), imagesOf, [IMAGE_URL]),
    member("image inline", "one", content(image(PIXEL)), imagesOf, [PIXEL]),
    member("image inline", "two", content(image(PIXEL), image(PIXEL)), imagesOf, [PIXEL, PIXEL]),
    member(
      "image inline",
      "in an earlier turn",
      request({}, [user([image(PIXEL)]), assistant("A pixel."), user("Sure?")]),
      imagesOf,
      [PIXEL],
    ),
    member("document inline", "a PDF", content(file), documentsOf, [PDF]),
  ];
}

function parameterCases(): RequestCase[] {
  const schema = { type: "json_schema", json_schema: { name: "place", strict: true, schema: SCHEMA } };
  const read = {
    format: (spoken: SpokenRequest) => spoken.format,
    reasons: (spoken: SpokenRequest) => spoken.reasons,
    stop: (spoken: SpokenRequest) => spoken.stop,
    maxTokens: (spoken: SpokenRequest) => spoken.maxTokens,
  };
  const json = user("Answer in JSON.");
  return [
    member(
      "JSON object",
      "asked for",
      request({ response_format: { type: "json_object" } }, [json]),
      read.format,
      "object",
    ),
    member("JSON schema", "asked for", request({ response_format: schema }, [json]), read.format, "schema"),
    member(
      "JSON schema",
      "streamed",
      request({ response_format: schema, stream: true }, [json]),
      read.format,
      "schema",
    ),
    ...["low", "medium", "high"].map((effort) =>
      member("reasoning effort", effort, request({ reasoning_effort: effort, max_tokens: 16000 }), read.reasons, true),
    ),
    member("stop sequences", "a string", request({ stop: "END" }), read.stop, ["END"]),
    member("stop sequences", "a list", request({ stop: ["END", "STOP"] }), read.stop, ["END", "STOP"]),
    member("token limit", "max_tokens", request({ max_tokens: 100 }), read.maxTokens, 100),
    member("token limit", "max_completion_tokens", request({ max_completion_tokens: 100 }), read.maxTokens, 100),
    member("temperature and top_p", "temperature", request({ temperature: 0.5 }), (spoken) => spoken.temperature, 0.5),
    member("temperature and top_p", "top_p", request({ top_p: 0.9 }), (spoken) => spoken.topP, 0.9),
  ];
}

/** All requests of the suite. */
export function listRequestCases(): RequestCase[] {
  return [...textCases(), ...systemCases(), ...toolCases(), ...mediaCases(), ...parameterCases()];
}
