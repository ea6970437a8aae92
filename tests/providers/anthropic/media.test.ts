import { describe, expect, test } from "vitest";
import { assistant, user } from "../../support/messages";
import { refuse, translate, translateText } from "./request";

const image = (url: string) => ({ type: "image_url", image_url: { url, detail: "high" } });
const file = (members: object) => ({ type: "file", file: members });
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString("base64");

function block(part: unknown): unknown {
  return (translate({ messages: [user([part])] }).messages[0]?.content as unknown[])[0];
}

describe("images", () => {
  test.each([
    ["data:image/png;base64,iVBORw0KGgo=", "image/png"],
    ["data:image/jpeg;base64,iVBORw0KGgo=", "image/jpeg"],
    ["data:image/jpg;base64,iVBORw0KGgo=", "image/jpeg"],
    ["data:image/gif;base64,iVBORw0KGgo=", "image/gif"],
    ["data:image/webp;base64,iVBORw0KGgo=", "image/webp"],
    ["DATA:Image/PNG;Base64,iVBORw0KGgo=", "image/png"],
    ["data:image/png;charset=utf-8;base64,iVBORw0KGgo=", "image/png"],
    ["data:image/png ;name=a.png;BASE64,iVBORw0KGgo=", "image/png"],
  ])("[63] %s", (url, media_type) => {
    expect(block(image(url))).toEqual({
      type: "image",
      source: { type: "base64", media_type, data: "iVBORw0KGgo=" },
    });
  });

  test("[63] escaped slashes, as some JSON writers make them", () => {
    const part = '{"type":"image_url","image_url":{"url":"data:image\\/png;base64,ab\\/d"}}';
    const body = `{"model":"m","messages":[{"role":"user","content":[${part}]}]}`;
    expect(JSON.parse(translateText(body).text).messages[0].content[0].source).toEqual({
      type: "base64",
      media_type: "image/png",
      data: "ab/d",
    });
  });

  test("[63] web addresses", () => {
    expect(block(image("https://example.com/a.png?x=1#y"))).toEqual({
      type: "image",
      source: { type: "url", url: "https://example.com/a.png?x=1#y" },
    });
    const plain = translate({ messages: [user([image("http://example.com/a.png")])] }, { isRejected: true });
    expect(plain.messages[0]?.content).toMatchObject([{ source: { type: "url", url: "http://example.com/a.png" } }]);
  });

  test.each([
    "data:image/svg+xml;base64,AAAA",
    "data:image/bmp;base64,AAAA",
    "data:application/octet-stream;base64,AAAA",
    "data:image/png,notbase64",
    "data:image/png;base64,",
    "data:image/png;base64",
    "data:",
    "ftp://example.com/a.png",
    "https:",
    "https://",
    "file:///etc/passwd",
    "a.png",
    `data:${"x".repeat(2000)},AAAA`,
  ])("[63] %s is refused", (url) => {
    expect(refuse({ messages: [user([image(url)])] })).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param: "messages[0].content",
    });
  });

  test("[63] images of the assistant are refused", () => {
    const messages = [user("a"), assistant([image("https://example.com/a.png")]), user("b")];
    expect(refuse({ messages })).toMatchObject({ status: 400, param: "messages[1].content" });
  });

  test("[32] a large image passes, byte for byte", () => {
    const data = base64(Buffer.alloc(12 * 1024 * 1024, 0xa5));
    const { text } = translateText({
      model: "m",
      messages: [user([image(`data:image/png;base64,${data}`)])],
    });
    expect(text.includes(`"data":"${data}"`)).toBe(true);
  });
});

describe("documents", () => {
  const pdf = { type: "base64", media_type: "application/pdf", data: base64("%PDF-1.7") };

  test("[64] a PDF as data URI or bare base64, with its name as title", () => {
    const uri = `data:application/pdf;base64,${pdf.data}`;
    expect(block(file({ file_data: uri, filename: "a.pdf" }))).toEqual({
      type: "document",
      source: pdf,
      title: "a.pdf",
    });
    expect(block(file({ file_data: uri }))).toEqual({ type: "document", source: pdf });
    expect(block(file({ file_data: pdf.data }))).toEqual({ type: "document", source: pdf });
  });

  test("[64] a PDF in an image part", () => {
    expect(block(image(`data:application/pdf;base64,${pdf.data}`))).toEqual({ type: "document", source: pdf });
    for (const url of [
      "https://example.com/a.pdf",
      "https://example.com/a.PDF?x=.png",
      "https://example.com/a.pdf#2",
    ]) {
      expect(block(image(url))).toEqual({ type: "document", source: { type: "url", url } });
    }
    expect(block(image("https://example.com/a.png?x=.pdf"))).toMatchObject({ type: "image" });
  });

  test("[64] a web address and a file id", () => {
    expect(block(file({ file_data: "https://example.com/a" }))).toEqual({
      type: "document",
      source: { type: "url", url: "https://example.com/a" },
    });
    expect(block(file({ file_id: "file_123" }))).toEqual({
      type: "document",
      source: { type: "file", file_id: "file_123" },
    });
  });

  test.each([
    [`data:text/plain;base64,${base64('Grüße "du"\n')}`, 'Grüße "du"\n'],
    [`data:text/markdown;charset=utf-8;base64,${base64("# Hi")}`, "# Hi"],
    ["data:text/plain,Hello%20World%21%", "Hello World!%"],
    ["data:,a%0Ab", "a\nb"],
    ["data:text/csv;base64,YWI", "ab"],
  ])("[64] text %s", (file_data, data) => {
    expect(block(file({ file_data }))).toEqual({
      type: "document",
      source: { type: "text", media_type: "text/plain", data },
    });
  });

  test("[64] bare base64 of a text file", () => {
    expect(block(file({ file_data: base64("a,b"), filename: "t.csv" }))).toEqual({
      type: "document",
      source: { type: "text", media_type: "text/plain", data: "a,b" },
      title: "t.csv",
    });
  });

  test("[64] an image as a file is an image", () => {
    expect(block(file({ file_data: "data:image/png;base64,AAAA", filename: "a.png" }))).toEqual({
      type: "image",
      source: { type: "base64", media_type: "image/png", data: "AAAA" },
    });
  });

  test.each([
    { file_data: "data:application/zip;base64,AAAA" },
    { file_data: "data:application/pdf,AAAA" },
    { file_data: "data:text/plain;base64,A" },
    { file_data: "data:text/plain;base64,A?==" },
    { file_data: `data:text/plain;base64,${base64(Uint8Array.of(0xff, 0xfe))}` },
    { file_data: "data:text/plain,%FF" },
    { file_data: "data:text/plain,%20" },
    { file_data: "", file_id: "" },
    { file_data: "data:application/pdf;base64" },
    { file_data: "ftp://example.com/a.pdf", file_id: "file_1" },
  ])("[64] %j is refused", (members) => {
    expect(refuse({ messages: [user([file(members)])] })).toMatchObject({ status: 400, param: "messages[0].content" });
  });

  test("[64] audio and unknown parts are refused", () => {
    const audio = { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } };
    expect(refuse({ messages: [user("a"), user([audio])] })).toMatchObject({
      status: 400,
      param: "messages[1].content",
    });
    const error = refuse({ messages: [user([{ type: "hologram", data: 1 }])] });
    expect(error).toMatchObject({ status: 400, param: "messages[0].content" });
    expect(error.message).toContain("hologram");
  });
});
