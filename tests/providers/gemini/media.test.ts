import { describe, expect, test } from "vitest";
import { toolCall, user } from "../../support/messages";
import { refuse, studio, translate, vertex } from "./request";

type Part = Record<string, unknown>;

const image = (url: string): Part => ({ type: "image_url", image_url: { url } });
const file = (members: Part): Part => ({ type: "file", file: members });
const audio = (format: string, data = "AAAA"): Part => ({ type: "input_audio", input_audio: { data, format } });
const sent = (part: Part) => translate({ messages: [user([part])] }).contents[0]?.parts?.[0];
const refused = (part: Part, target = studio()) => refuse({ messages: [user([part])] }, target);

describe("images", () => {
  test.each([
    ["data:image/png;base64,AAAA", "image/png"],
    ["data:IMAGE/JPG;charset=x;base64,AAAA", "image/jpeg"],
    ["data:image/heic;base64,AAAA", "image/heic"],
    ["data:video/mp4;base64,AAAA", "video/mp4"],
  ])("[86] %s is inlineData", (url, mimeType) => {
    expect(sent(image(url))).toEqual({ inlineData: { mimeType, data: "AAAA" } });
  });

  test.each([
    ["https://example.com/cat.png", "image/png"],
    ["https://example.com/cat.WEBP?x=1.png", "image/webp"],
    ["http://example.com/cat.jpeg#top", "image/jpeg"],
    ["https://example.com/cat", "image/jpeg"],
    ["gs://bucket/cat.gif", "image/gif"],
    ["gs://bucket/clip.mp4", "video/mp4"],
    ["gs://bucket/cat", "image/jpeg"],
  ])("[86] %s is fileData of a type by its ending", (fileUri, mimeType) => {
    expect(sent(image(fileUri))).toEqual({ fileData: { fileUri, mimeType } });
  });

  test.each([
    "cat.png",
    "ftp://example.com/cat.png",
    "data:image/png,%00",
    'data:image/"x;base64,AAAA',
    "data:;base64,AAAA",
  ])("[86] %s is refused", (url) => {
    expect(refused(image(url))).toMatchObject({ status: 400, param: "messages[0].content" });
  });

  test("[86] images stand in the user's, the model's and tools' messages only", () => {
    const messages = [{ role: "system", content: [image("https://example.com/a.png")] }, user("a")];
    expect(refuse({ messages })).toMatchObject({ status: 400, param: "messages[0].content" });
  });
});

describe("audio", () => {
  test.each([
    ["wav", "audio/wav"],
    ["mp3", "audio/mp3"],
    ["flac", "audio/flac"],
  ])("[86] %s is inlineData", (format, mimeType) => {
    expect(sent(audio(format))).toEqual({ inlineData: { mimeType, data: "AAAA" } });
  });

  test.each([audio("../x"), audio(""), audio("wav", ""), audio("x".repeat(17))])("[86] %j is refused", (part) => {
    expect(refused(part)).toMatchObject({ status: 400 });
  });
});

describe("videos", () => {
  const video = (video_url: unknown): Part => ({ type: "video_url", video_url });

  test.each([
    ["https://example.com/a.webm", "video/webm"],
    ["https://example.com/watch", "video/mp4"],
    ["gs://bucket/a.mov", "video/quicktime"],
  ])("[86] %s is fileData", (fileUri, mimeType) => {
    expect(sent(video({ url: fileUri }))).toEqual({ fileData: { fileUri, mimeType } });
    expect(sent(video(fileUri))).toEqual({ fileData: { fileUri, mimeType } });
  });

  test.each(["https://www.youtube.com/watch?v=9hE5-98ZeCg", "https://youtu.be/9hE5-98ZeCg"])(
    "[86] %s is a video wherever it stands",
    (fileUri) => {
      const part = { fileData: { fileUri, mimeType: "video/mp4" } };
      for (const given of [video({ url: fileUri }), file({ file_id: fileUri }), file({ file_data: fileUri })]) {
        expect(sent(given)).toEqual(part);
      }
    },
  );

  test("[86] data is inlineData; anything else is refused", () => {
    expect(sent(video({ url: "data:video/mp4;base64,AAAA" }))).toEqual({
      inlineData: { mimeType: "video/mp4", data: "AAAA" },
    });
    for (const wrong of [{ url: "a.mp4" }, { url: "" }, { url: 7 }, {}, null, "data:video/mp4;base64,"]) {
      expect(refused(video(wrong))).toMatchObject({ status: 400, param: "messages[0].content" });
    }
    const messages = [{ role: "system", content: [video({ url: "https://example.com/a.mp4" })] }, user("a")];
    expect(refuse({ messages })).toMatchObject({ status: 400 });
  });
});

describe("files", () => {
  const inline = (mimeType: string) => ({ inlineData: { mimeType, data: "SGFsbG8=" } });

  test.each<[Part, object]>([
    [{ file_data: "data:application/pdf;base64,SGFsbG8=" }, inline("application/pdf")],
    [{ file_data: "SGFsbG8=", filename: "a.pdf" }, inline("application/pdf")],
    [{ file_data: "SGFsbG8=", filename: "a.md" }, inline("text/plain")],
    [{ file_data: "data:text/csv;base64,SGFsbG8=" }, inline("text/csv")],
    [{ file_data: "data:text/plain,Hal%22lo" }, { text: 'Hal"lo' }],
    [{ file_data: "data:audio/ogg;base64,SGFsbG8=" }, inline("audio/ogg")],
    [
      { file_id: "files/abc-1" },
      { fileData: { fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc-1" } },
    ],
    [{ file_id: "gs://bucket/a.pdf" }, { fileData: { fileUri: "gs://bucket/a.pdf", mimeType: "application/pdf" } }],
    [
      { file_data: "https://example.com/paper" },
      { fileData: { fileUri: "https://example.com/paper", mimeType: "application/pdf" } },
    ],
  ])("[86] %j", (members, part) => {
    expect(sent(file(members))).toEqual(part);
  });

  test("[86] files of other vendors are refused, and texts that are none", () => {
    expect(refused(file({ file_id: "file-abc" }))).toMatchObject({ status: 400, param: "messages[0].content" });
    expect(refused(file({ file_data: "data:text/plain,%ff" }))).toMatchObject({ status: 400 });
  });

  test("[86] files of AI Studio are refused at Vertex AI, which has none", () => {
    expect(refused(file({ file_id: "files/abc-1" }), vertex())).toMatchObject({ status: 400 });
  });
});

test("[86] what nobody knows is refused by its name", () => {
  const part = { type: "hologram", hologram: 1 };
  expect(refused(part)).toMatchObject({ status: 400, message: expect.stringContaining("hologram") as string });
  const calls = { role: "assistant", tool_calls: [toolCall("a", "f", "{}")] };
  const messages = [user("a"), calls, { role: "tool", tool_call_id: "a", content: [part] }];
  expect(refuse({ messages })).toMatchObject({ status: 400 });
});
