import { describe, expect, test } from "vitest";
import { call, last, ollama, part, wire } from "./harness";

describe("[127] lines", () => {
  test("text and thinking, finish and usage", () => {
    const streamed = ollama.stream(
      wire([
        part({ thinking: "Hm" }),
        part({ thinking: " 😀" }),
        part({ content: "Grüße" }),
        part({ content: '\n"x"' }),
        last(),
      ]),
    );
    expect(streamed).toMatchObject({ reasoning: "Hm 😀", content: 'Grüße\n"x"', finishes: ["stop"], isDone: true });
    expect(streamed.events.at(-1)).toBe("[DONE]");
    expect(streamed.events.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 26, completion_tokens: 298 } });
    expect(streamed.events[0]).toMatchObject({ model: "qwen3-vl:8b" });
  });

  test("CRLF, empty lines, spaces, and no line end behind the last", () => {
    const lines = [part({ content: "a" }), part({ content: "b" }), last()].map((each) => JSON.stringify(each));
    for (const text of [lines.join("\r\n"), `\n\n${lines.join("\n \n\r\n")}`, ` ${lines.join(" \n\t")} `]) {
      expect(ollama.stream(text)).toMatchObject({ content: "ab", isDone: true });
    }
  });

  test("text in the last line is told", () => {
    expect(ollama.stream(wire([{ ...part({ content: "all at once" }), done: true }]))).toMatchObject({
      content: "all at once",
      finishes: ["stop"],
      usage: null,
    });
  });

  test("what the server adds in later versions changes nothing", () => {
    const lines = [
      { status: "loading" },
      part({ content: "a", audio: [] }, { more: {} }),
      last("stop", { eval_count: 1, new: [] }),
    ];
    expect(ollama.stream(wire(lines))).toMatchObject({ content: "a", isDone: true, usage: { input: 0, output: 1 } });
  });

  test("done_reason length", () => {
    expect(ollama.stream(wire([part({ content: "a" }), last("length")])).finishes).toEqual(["length"]);
  });
});

describe("[126] [127] tool calls", () => {
  test("calls of several lines are counted on", () => {
    const lines = [
      part({ content: "Let me see." }),
      part({ tool_calls: [call("f", { a: 1 }), call("g", {})] }),
      part({ tool_calls: [call("f", { b: "ü" }, { id: "call_x" })] }),
      last(),
    ];
    expect(ollama.stream(wire(lines))).toMatchObject({
      content: "Let me see.",
      calls: [
        { id: "call_0", name: "f", arguments: '{"a":1}' },
        { id: "call_1", name: "g", arguments: "{}" },
        { id: "call_x", name: "f", arguments: '{"b":"ü"}' },
      ],
      finishes: ["tool_calls"],
    });
  });

  test("a limit that was reached wins", () => {
    expect(ollama.stream(wire([part({ tool_calls: [call("f", {})] }), last("length")])).finishes).toEqual(["length"]);
  });
});

describe("[127] literal think tags", () => {
  const text = "<think>\nHm <b>x</b> </thin k>\n</think>\n\nYes </think>";
  const expected = { reasoning: "\nHm <b>x</b> </thin k>\n", content: "Yes </think>" };

  test("wherever the pieces are cut", () => {
    for (let size = 1; size <= text.length; size++) {
      const pieces = text.match(new RegExp(`[^]{1,${String(size)}}`, "g")) ?? [];
      expect(ollama.stream(wire([...pieces.map((content) => part({ content })), last()])), String(size)).toMatchObject(
        expected,
      );
    }
  });

  test("escaped as Go does", () => {
    const escaped = JSON.stringify(part({ content: text })).replace(
      /[<>]/g,
      (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`,
    );
    expect(ollama.stream(`${escaped}\n${wire([last()])}`)).toMatchObject(expected);
  });

  test.each([
    [["<thi", "s is no tag"], "<this is no tag", ""],
    [[" \n<th"], " \n<th", ""],
    [["Say <think>"], "Say <think>", ""],
    [["<think>", "open"], "", "open"],
    [["<think></think>", " \n", "a"], "a", ""],
    [[" ".repeat(100), "<think>a"], `${" ".repeat(100)}<think>a`, ""],
  ])("%j -> %j", (pieces, content, reasoning) => {
    const lines = [...pieces.map((piece) => part({ content: piece })), last()];
    expect(ollama.stream(wire(lines))).toMatchObject({ content, reasoning, isDone: true });
  });

  test("beside thinking in its own member, tags are text", () => {
    expect(ollama.stream(wire([part({ thinking: "Hm" }), part({ content: "<think>" }), last()]))).toMatchObject({
      content: "<think>",
      reasoning: "Hm",
    });
  });
});

describe("[127] [10] failures", () => {
  const error = { error: "an error was encountered while running the model" };

  test("an error line before content can fall back, one behind content ends the stream", () => {
    expect(ollama.stream(wire([error]))).toMatchObject({
      hasContent: false,
      failure: { reason: "stream-error", status: 502, envelope: { error: { message: error.error } } },
    });
    const after = ollama.stream(wire([part({ content: "a" }), error, last()]));
    expect(after.events.at(-1)).toMatchObject({ error: { message: error.error } });
    expect(after.text).not.toContain("[DONE]");
  });

  test("[9] an end without done is a truncated stream", () => {
    for (const text of ["", wire([part({ content: "a" })]), wire([part({ content: "a" })]).slice(0, -9)]) {
      expect(ollama.stream(text)).toMatchObject({ isDone: false, failure: { reason: "stream-error" } });
    }
  });

  test("a line that is not JSON ends the answer", () => {
    for (const line of ["{oops}\n", "[]\n", "data: {}\n"]) {
      expect(ollama.stream(wire([part({ content: "a" }), line, last()])).failure).toMatchObject({
        reason: "stream-error",
        status: 502,
      });
    }
  });
});
