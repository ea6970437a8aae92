import { describe, expect, test } from "vitest";
import { assistant, system, toolCall, toolResult, user } from "../../support/messages";
import { refuse, translate } from "./request";

const text = (value: string) => ({ text: value });
/** What stands between results and what the user says behind them. */
const OK = { role: "model", parts: [text("OK.")] };
const calls = (...ids: string[]) =>
  assistant(null, { tool_calls: ids.map((id) => toolCall(id, `f_${id.slice(0, 1)}`, '{"n":1}')) });

describe("system texts", () => {
  test("[82] all system and developer messages, wherever they stand", () => {
    const upstream = translate({
      messages: [
        system("One."),
        { role: "developer", content: [{ type: "text", text: "Two." }] },
        user("a"),
        assistant("b"),
        system("Three."),
        user("c"),
      ],
    });
    expect(upstream.systemInstruction).toEqual({ parts: [text("One."), text("Two."), text("Three.")] });
    expect(upstream.contents.map(({ role }) => role)).toEqual(["user", "model", "user"]);
  });

  test("[82] without any there is no systemInstruction", () => {
    expect(translate({})).toEqual({ contents: [{ role: "user", parts: [text("Hello")] }] });
  });

  test("[82] Gemma 3 knows no systemInstruction and reads the texts at the begin of the first turn", () => {
    const gemma = (...messages: object[]) => translate({ messages }, "gemma-3-27b-it");
    const upstream = gemma(system("One."), user("a"), assistant("b"), system("Two."), user("c"));
    expect(upstream.systemInstruction).toBeUndefined();
    expect(upstream.contents).toEqual([
      { role: "user", parts: [text("One."), text("Two."), text("a")] },
      { role: "model", parts: [text("b")] },
      { role: "user", parts: [text("c")] },
    ]);
    expect(gemma(system("One."), assistant("b"), user("c")).contents[0]?.parts).toEqual([text("One.")]);
    expect(gemma(assistant("b"), user("c")).contents[0]?.parts).toEqual([text(" ")]);
  });

  test("[82] only system messages are refused", () => {
    expect(refuse({ messages: [system("Be kind.")] })).toMatchObject({ status: 400, param: "messages" });
  });
});

describe("turns", () => {
  test("[83] the assistant is the model, and neighbours of one role are one turn", () => {
    const upstream = translate({
      messages: [
        user("a"),
        system("s"),
        user([{ type: "text", text: "b" }]),
        assistant("c"),
        assistant("d"),
        user("e"),
      ],
    });
    expect(upstream.contents).toEqual([
      { role: "user", parts: [text("a"), text("b")] },
      { role: "model", parts: [text("c"), text("d")] },
      { role: "user", parts: [text("e")] },
    ]);
  });

  test("[83] the last turn is the user's, the first one too", () => {
    const nothing = { role: "user", parts: [text(" ")] };
    expect(translate({ messages: [user("a"), assistant("The answer is ")] }).contents).toEqual([
      { role: "user", parts: [text("a")] },
      { role: "model", parts: [text("The answer is ")] },
      nothing,
    ]);
    expect(translate({ messages: [assistant("Hi!"), user("a")] }).contents[0]).toEqual(nothing);
  });

  test("[87] empty texts are left out, and what holds nothing else with them", () => {
    const upstream = translate({
      messages: [
        user([
          { type: "text", text: "" },
          { type: "text", text: "a" },
        ]),
        assistant(""),
        user(" \n"),
      ],
    });
    expect(upstream.contents).toEqual([{ role: "user", parts: [text("a")] }]);
  });

  test("[87] a turn of images only needs no text", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    expect(translate({ messages: [user([image])] }).contents[0]?.parts).toEqual([
      { inlineData: { mimeType: "image/png", data: "AAAA" } },
    ]);
  });
});

describe("tool results", () => {
  test("[84] the function's name comes from the call, also from an earlier one", () => {
    const upstream = translate({
      messages: [user("go"), calls("a1"), toolResult("a1", "one"), calls("b1"), toolResult("b1", "two")],
    });
    expect(upstream.contents.map(({ parts }) => parts?.[0]?.functionResponse)).toEqual([
      undefined,
      undefined,
      { name: "f_a", response: { output: "one" } },
      undefined,
      { name: "f_b", response: { output: "two" } },
    ]);
  });

  test("[84] ids may be spelt in different ways", () => {
    const spelt = JSON.stringify({
      messages: [user("go"), calls("a/1"), toolResult("a/1", "one")],
      model: "m",
    }).replace('"tool_call_id":"a/1"', '"tool_call_id":"\\u0061\\/1"');
    expect(
      translate(JSON.parse(spelt) as Record<string, unknown>).contents[2]?.parts?.[0]?.functionResponse?.name,
    ).toBe("f_a");
  });

  test("[84] results of parallel calls share one content, in the order of the calls", () => {
    const upstream = translate({
      messages: [
        user("go"),
        calls("a1", "b1", "c1"),
        toolResult("c1", "3"),
        system("s"),
        toolResult("a1", "1"),
        user("and?"),
        toolResult("b1", "2"),
      ],
    });
    expect(upstream.contents.slice(2)).toEqual([
      {
        role: "user",
        parts: ["a", "b", "c"].map((letter, index) => ({
          functionResponse: { name: `f_${letter}`, response: { output: String(index + 1) } },
        })),
      },
      OK,
      { role: "user", parts: [text("and?")] },
    ]);
  });

  test("[84] Gemini 3 matches results and calls by their ids", () => {
    const ids = (model: string) =>
      translate(
        {
          messages: [
            user("go"),
            calls("a1__thought__QUFB", "toolu.b:1"),
            toolResult("toolu.b:1", "2"),
            toolResult("a1__thought__QUFB", "1"),
            calls("a1__thought__QUFB"),
            toolResult("a1__thought__QUFB", "3"),
          ],
        },
        model,
      ).contents.map(({ parts }) =>
        (parts ?? []).map(({ functionCall, functionResponse }) => (functionCall ?? functionResponse)?.id),
      );
    expect(ids("gemini-3.1-pro-preview")).toEqual([
      [undefined],
      ["a1", "toolu_b_1"],
      ["a1", "toolu_b_1"],
      ["a1_2"],
      ["a1_2"],
    ]);
    expect(
      ids("gemini-2.5-flash")
        .flat()
        .every((id) => id === undefined),
    ).toBe(true);
  });

  test.each([
    ['{"temp":21.50,"list":[1e2]}', { temp: 21.5, list: [100] }],
    [" {} ", {}],
    ["[1]", { output: "[1]" }],
    ["21", { output: "21" }],
    ['{"a":1} tail', { output: '{"a":1} tail' }],
    ['say "hi"\n', { output: 'say "hi"\n' }],
    ["", { output: "" }],
  ])("[84] %j: an object goes as it is, anything else as output", (content, response) => {
    const upstream = translate({ messages: [user("go"), calls("a1"), toolResult("a1", content)] });
    expect(upstream.contents[2]?.parts).toEqual([{ functionResponse: { name: "f_a", response } }]);
  });

  test("[84] a result with an image: inside for Gemini 3, behind for older models", () => {
    const content = [
      { type: "text", text: "see" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    ];
    const messages = [user("go"), calls("a1"), toolResult("a1", content)];
    const image = { inlineData: { mimeType: "image/png", data: "AAAA" } };
    const response = { name: "f_a", response: { output: "see" } };
    expect(translate({ messages }).contents.slice(2)).toEqual([
      { role: "user", parts: [{ functionResponse: response }] },
      OK,
      { role: "user", parts: [image] },
    ]);
    expect(translate({ messages }, "gemini-3-flash-preview").contents.slice(2)).toEqual([
      { role: "user", parts: [{ functionResponse: { ...response, id: "a1", parts: [image] } }] },
    ]);
  });

  test("[84] a result without its call is refused", () => {
    expect(refuse({ messages: [user("go"), toolResult("nobody", "1")] })).toMatchObject({
      status: 400,
      param: "messages[1].tool_call_id",
    });
  });

  test("[84] legacy functions are matched by their names", () => {
    const upstream = translate({
      messages: [
        user("go"),
        assistant(null, { function_call: { name: "f", arguments: "{}" } }),
        { role: "function", name: "f", content: "1" },
      ],
    });
    expect(upstream.contents[2]?.parts).toEqual([{ functionResponse: { name: "f", response: { output: "1" } } }]);
  });
});

describe("tool calls", () => {
  const turn = (id: string, model: string, argumentsText: string | null = "{}", content: string | null = null) =>
    translate(
      {
        messages: [
          user("go"),
          assistant(content, { tool_calls: [toolCall(id, "f", argumentsText)] }),
          toolResult(id, "1"),
        ],
      },
      model,
    ).contents[1]?.parts;
  const SECOND = "gemini-2.5-flash";
  const THIRD = "gemini-3-pro-preview";

  test("[85] text first, then calls with their arguments as objects", () => {
    expect(turn("a", SECOND, '{"city":"Rome"}', "Let me see.")).toEqual([
      text("Let me see."),
      { functionCall: { name: "f", args: { city: "Rome" } } },
    ]);
    expect(turn("a", SECOND, null)).toEqual([{ functionCall: { name: "f", args: {} } }]);
  });

  test("[85] arguments that are no object are refused", () => {
    const messages = [user("go"), assistant(null, { tool_calls: [toolCall("a", "f", "[1]")] }), toolResult("a", "1")];
    expect(refuse({ messages })).toMatchObject({ status: 400, param: "messages[1].tool_calls" });
  });

  test("[85] a signature in the id is sent again", () => {
    for (const [model, id] of [
      [SECOND, {}],
      [THIRD, { id: "call_1" }],
    ] as const) {
      expect(turn("call_1__thought__CpEB+x/2/w==", model)).toEqual([
        { functionCall: { name: "f", ...id, args: {} }, thoughtSignature: "CpEB+x/2/w==" },
      ]);
    }
  });

  test("[85] without one Gemini 3 gets the stand-in, older models nothing", () => {
    expect(turn("call_1", SECOND)).toEqual([{ functionCall: { name: "f", args: {} } }]);
    expect(turn("toolu_1", THIRD)).toEqual([
      { functionCall: { name: "f", id: "toolu_1", args: {} }, thoughtSignature: "skip_thought_signature_validator" },
    ]);
  });

  test("[85] parallel calls need one signature, every step needs its own", () => {
    const upstream = translate(
      {
        messages: [
          user("go"),
          calls("a1__thought__QUFB", "b1"),
          toolResult("a1__thought__QUFB", "1"),
          toolResult("b1", "2"),
          calls("c1"),
          toolResult("c1", "3"),
        ],
      },
      THIRD,
    );
    const signatures = upstream.contents
      .flatMap(({ parts }) => parts ?? [])
      .filter(({ functionCall }) => functionCall)
      .map(({ thoughtSignature }) => thoughtSignature);
    expect(signatures).toEqual(["QUFB", undefined, "skip_thought_signature_validator"]);
  });

  test("[85] reasoning of any vendor stays behind", () => {
    const upstream = translate({
      messages: [
        user("go"),
        assistant("Hi", {
          reasoning_content: "Thoughts.",
          thinking_blocks: [{ type: "thinking", thinking: "Thoughts.", signature: "c2ln" }],
        }),
        user("and?"),
      ],
    });
    expect(upstream.contents[1]).toEqual({ role: "model", parts: [text("Hi")] });
  });
});
