import { describe, expect, test } from "vitest";
import { assistant, tool, toolCall, toolResult, user } from "../../support/messages";
import { NOVA, refuse, send, SONNET_4, translate } from "./exchange";

const PIXEL = "iVBORw0KGgo=";
const image = (url: string) => ({ type: "image_url", image_url: { url } });
const file = (filename: string | undefined, file_data: string) => ({ type: "file", file: { filename, file_data } });

describe("path", () => {
  test.each([
    [SONNET_4, "us.anthropic.claude-sonnet-4-20250514-v1%3A0"],
    [
      "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456",
      "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123def456",
    ],
  ])("[100] the id %s is percent-encoded once", (model, encoded) => {
    expect(send({}, { model }).path).toBe(`/model/${encoded}/converse`);
    expect(send({ stream: true }, { model }).path).toBe(`/model/${encoded}/converse-stream`);
  });

  test("[100] a base path stands before it, and a key goes out as a bearer token", () => {
    const { path, headers } = send({}, { provider: { providerBasePath: "/aws" }, isRejected: true });
    expect(path).toMatch(/^\/aws\/model\//);
    expect(headers).toEqual({ authorization: "Bearer test-key", accept: "application/json" });
    expect(send({ stream: true }).headers["accept"]).toBe("application/vnd.amazon.eventstream");
  });

  test("[67] [100] Claude by InvokeModel: the version in the body, model and stream in the path", () => {
    const provider = { bedrockApi: "invoke" };
    const { path, text } = send({ max_tokens: 5 }, { provider });
    expect(path).toBe("/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/invoke");
    expect(JSON.parse(text)).toEqual({
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 5,
      messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
    });
    const streamed = send({ max_tokens: 5, stream: true }, { provider });
    expect(streamed.path).toMatch(/\/invoke-with-response-stream$/);
    expect(streamed.text).toBe(text);
  });

  test("[67] what Claude would have to fetch is refused there", () => {
    const provider = { bedrockApi: "invoke" };
    const error = refuse({ messages: [user([image("https://example.com/a.png")])] }, { provider });
    expect(error).toMatchObject({ status: 400, param: "messages[0].content" });
    const byId = { type: "file", file: { file_id: "file-1" } };
    expect(refuse({ messages: [user([byId])] }, { provider }).message).toMatch(/knows no file ids/);
  });
});

describe("turns", () => {
  test("[101] system and developer texts, wherever they stand", () => {
    const { system, messages } = translate({
      messages: [
        { role: "system", content: "A" },
        user("Hi"),
        {
          role: "developer",
          content: [
            { type: "text", text: "B" },
            { type: "text", text: " \n" },
          ],
        },
      ],
    });
    expect(system).toEqual([{ text: "A" }, { text: "B" }]);
    expect(messages).toEqual([{ role: "user", content: [{ text: "Hi" }] }]);
  });

  test("[101] neighbours of one role are one turn, and blank texts are none", () => {
    const { messages } = translate({
      messages: [user("a"), user("b"), assistant("c"), assistant(" "), assistant("d"), user("")],
    });
    expect(messages).toEqual([
      { role: "user", content: [{ text: "a" }, { text: "b" }] },
      { role: "assistant", content: [{ text: "c" }, { text: "d" }] },
    ]);
  });

  test("[101] the user begins, also where the client lets the assistant", () => {
    const { messages } = translate({ messages: [assistant("Ask me."), user("Why?")] });
    expect(messages).toEqual([
      { role: "user", content: [{ text: "Continue." }] },
      { role: "assistant", content: [{ text: "Ask me." }] },
      { role: "user", content: [{ text: "Why?" }] },
    ]);
  });

  test("[101] a conversation without a turn is refused, and so are several choices", () => {
    expect(refuse({ messages: [{ role: "system", content: "A" }] })).toMatchObject({ status: 400, param: "messages" });
    expect(refuse({ n: 2 })).toMatchObject({ status: 400, param: "n" });
  });

  test("[101] a prefill loses the white space at its end", () => {
    expect(translate({ messages: [user("a"), assistant("{ \n")] }).messages[1]?.content).toEqual([{ text: "{" }]);
  });

  test("[102] several results are one user turn, before its texts; an empty one gets an empty text", () => {
    const { messages } = translate({
      tools: [tool("f")],
      messages: [
        user("q"),
        assistant(null, { tool_calls: [toolCall("a.1:x", "f", "{}"), toolCall("b", "f", '{"n":1.50}')] }),
        toolResult("a.1:x", ""),
        toolResult("b", [
          { type: "text", text: "one" },
          { type: "text", text: "two" },
        ]),
        user("and?"),
      ],
    });
    expect(messages[2]).toEqual({
      role: "user",
      content: [
        { toolResult: { toolUseId: "a_1_x", content: [{ text: "" }] } },
        { toolResult: { toolUseId: "b", content: [{ text: "one" }, { text: "two" }] } },
        { text: "and?" },
      ],
    });
    expect(messages[1]?.content).toEqual([
      { toolUse: { toolUseId: "a_1_x", name: "f", input: {} } },
      { toolUse: { toolUseId: "b", name: "f", input: { n: 1.5 } } },
    ]);
  });

  test("[102] images in results stay images, and JSON stays text", () => {
    const { messages } = translate({
      tools: [tool("f")],
      messages: [
        user("q"),
        assistant(null, { tool_calls: [toolCall("a", "f", "")] }),
        toolResult("a", [image(`data:image/jpg;base64,${PIXEL}`), { type: "text", text: '{"n":9007199254740993}' }]),
      ],
    });
    const content = [{ image: { format: "jpeg", source: { bytes: PIXEL } } }, { text: '{"n":9007199254740993}' }];
    expect(messages[2]?.content).toEqual([{ toolResult: { toolUseId: "a", content } }]);
  });

  test("[102] ids longer than 64 bytes are cut the same way in call and result, and stay different", () => {
    const ids = ["x".repeat(100), `${"x".repeat(99)}y`];
    const { messages } = translate({
      tools: [tool("f")],
      messages: [
        user("q"),
        assistant(null, { tool_calls: ids.map((id) => toolCall(id, "f", "{}")) }),
        ...ids.map((id) => toolResult(id, "r")),
      ],
    });
    const uses = messages[1]!.content.map((block) => (block["toolUse"] as { toolUseId: string }).toolUseId);
    const results = messages[2]!.content.map((block) => (block["toolResult"] as { toolUseId: string }).toolUseId);
    expect(results).toEqual(uses);
    expect(uses.map((id) => id.length)).toEqual([64, 64]);
    expect(uses[0]).not.toBe(uses[1]);
  });

  test("[103] text first, then calls; an empty assistant is skipped; arguments that are no object are refused", () => {
    const call = { tool_calls: [toolCall("a", "f", "null")] };
    const { messages } = translate({
      tools: [tool("f")],
      messages: [user("q"), assistant(null), assistant("I look.", call), toolResult("a", "r")],
    });
    expect(messages[1]?.content).toEqual([{ text: "I look." }, { toolUse: { toolUseId: "a", name: "f", input: {} } }]);
    const broken = { tool_calls: [toolCall("a", "f", "[1]")] };
    expect(refuse({ messages: [user("q"), assistant(null, broken)] }).param).toBe("messages[1].tool_calls");
  });

  test("[109] signed reasoning is sent back to Claude, before the text; other families get none", () => {
    const thinking_blocks = [
      { type: "thinking", thinking: "Hm.", signature: "c2ln" },
      { type: "redacted_thinking", data: "b3Bh" },
      { type: "thinking", thinking: "unsigned" },
    ];
    const messages = [user("q"), assistant("A", { thinking_blocks }), user("r")];
    expect(translate({ messages }).messages[1]?.content).toEqual([
      { reasoningContent: { reasoningText: { text: "Hm.", signature: "c2ln" } } },
      { reasoningContent: { redactedContent: "b3Bh" } },
      { text: "A" },
    ]);
    expect(translate({ messages }, { model: NOVA }).messages[1]?.content).toEqual([{ text: "A" }]);
    const only = [user("q"), assistant(null, { thinking_blocks }), user("r")];
    expect(translate({ messages: only }, { model: NOVA }).messages).toEqual([
      { role: "user", content: [{ text: "q" }, { text: "r" }] },
    ]);
  });
});

describe("media", () => {
  test.each(["png", "jpeg", "gif", "webp"])("[107] an image of type %s", (format) => {
    const { messages } = translate({ messages: [user([image(`data:IMAGE/${format};base64,${PIXEL}`)])] });
    expect(messages[0]?.content).toEqual([{ image: { format, source: { bytes: PIXEL } } }]);
  });

  test.each([
    "https://example.com/a.png",
    "data:image/bmp;base64,AAAA",
    "data:image/png,AAAA",
    "data:image/png;base64,",
  ])("[107] the image %s is refused", (url) => {
    const error = refuse({ messages: [user("q"), user([image(url)])] });
    expect(error).toMatchObject({ status: 400, param: "messages[1].content" });
    expect(error.message).toMatch(/fetches no URLs/);
  });

  test.each([
    ["report.PDF", "AAAA", "pdf"],
    [undefined, "data:application/pdf;base64,AAAA", "pdf"],
    [undefined, "data:text/csv;base64,AAAA", "csv"],
    [undefined, "data:text/html;charset=utf-8;base64,AAAA", "html"],
    [undefined, "data:text/markdown;base64,AAAA", "md"],
    [undefined, "data:text/plain;base64,AAAA", "txt"],
    [undefined, "data:application/msword;base64,AAAA", "doc"],
    [undefined, "data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,AAAA", "docx"],
    [undefined, "data:application/vnd.ms-excel;base64,AAAA", "xls"],
    [undefined, "data:application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;base64,AAAA", "xlsx"],
    ["a.xlsx", "data:application/octet-stream;base64,AAAA", "xlsx"],
    ["notes.md", "AAAA", "md"],
  ])("[107] the file %s, %s is of format %s", (name, data, format) => {
    const { messages } = translate({ messages: [user([{ type: "text", text: "Read." }, file(name, data)])] });
    expect(messages[0]?.content[1]).toMatchObject({ document: { format, source: { bytes: "AAAA" } } });
  });

  test("[107] percent-encoded text becomes base64, with every kind of padding", () => {
    for (const text of ["Grüße", "ab", "abc", "a"]) {
      const data = `data:text/plain,${encodeURIComponent(text)}`;
      const { messages } = translate({ messages: [user([{ type: "text", text: "q" }, file(undefined, data)])] });
      const { source } = messages[0]!.content[1]!["document"] as { source: { bytes: string } };
      expect(Buffer.from(source.bytes, "base64").toString("utf8")).toBe(text);
    }
  });

  test("[107] names of documents are clean and unique, and documents alone get a text", () => {
    const names = ["My  report_2024 (v1).final.pdf", "../x.pdf", "x.pdf", "x.pdf", "日本.pdf", undefined];
    const { messages } = translate({ messages: [user(names.map((name) => file(name, "AAAA")))] });
    const found = messages[0]!.content.flatMap((block) =>
      block["document"] ? [(block["document"] as { name: string }).name] : [],
    );
    expect(found).toEqual(["My report 2024 (v1) final", "x", "x (3)", "x (4)", "Document", "Document (6)"]);
    expect(messages[0]?.content.at(-1)).toEqual({ text: "See the attached document." });
  });

  test.each([
    ["a URL", file("a.pdf", "https://example.com/a.pdf")],
    ["a file id", { type: "file", file: { file_id: "file-1" } }],
    ["an unknown type", file(undefined, "data:application/zip;base64,AAAA")],
    ["nothing", file("a.pdf", "")],
  ])("[107] a file given by %s is refused", (_, part) => {
    expect(refuse({ messages: [user([part])] }).message).toMatch(/Unsupported file/);
  });

  test("[107] audio, unknown parts and images of the assistant are refused", () => {
    const audio = { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } };
    expect(refuse({ messages: [user([audio])] }).message).toMatch(/Audio/);
    expect(refuse({ messages: [user([{ type: "video_url" }])] }).message).toMatch(/video_url/);
    const part = image(`data:image/png;base64,${PIXEL}`);
    expect(refuse({ messages: [user("a"), assistant([part])] }).param).toBe("messages[1].content");
  });
});
