import { describe, expect, test } from "vitest";
import { refuse, send, vertex } from "../gemini/request";

type Member = Record<string, unknown>;
const read = (text: string) => JSON.parse(text) as Member;

describe("Gemini", () => {
  test("[81] of a project: its path and a bearer token", () => {
    const { path, headers } = send({}, vertex());
    expect(path).toBe(
      "/v1/projects/my-project/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent",
    );
    expect(headers).toEqual({ authorization: "Bearer test-key" });
  });

  test("[81] streamed, at the global endpoint, in another version", () => {
    const target = { ...vertex("gemini-2.5-pro", { vertexRegion: "global" }), apiVersion: "v1beta1" };
    expect(send({ stream: true }, target).path).toBe(
      "/v1beta1/projects/my-project/locations/global/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
    );
  });

  test("[81] without a key nothing is sent: Envoy adds the token", () => {
    expect(send({}, { ...vertex(), apiToken: "" }).headers).toEqual({});
  });

  test("[81] in express mode there is no project, and the key is Google's", () => {
    const { path, headers } = send({ stream: true }, { type: "vertex", model: "gemini-2.5-flash" });
    expect(path).toBe("/v1/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    expect(headers).toEqual({ "x-goog-api-key": "test-key" });
  });

  test("[88] labels are passed on, which AI Studio does not know", () => {
    const labels = { team: "x" };
    expect(read(send({ labels }, vertex()).text)["labels"]).toEqual(labels);
    expect(read(send({ labels }).text)["labels"]).toBeUndefined();
  });

  test("[81] a model that cannot enter a path is refused", () => {
    expect(refuse({}, vertex("../x"))).toMatchObject({ status: 400, param: "model" });
  });
});

describe("Claude", () => {
  const claude = vertex("claude-sonnet-4-5@20250929");
  const MODEL = "/v1/projects/my-project/locations/us-central1/publishers/anthropic/models/claude-sonnet-4-5@20250929";

  test("[67] the version stands in the body, the model in the path", () => {
    const { path, headers, text } = send({ max_tokens: 100 }, claude);
    expect(path).toBe(`${MODEL}:rawPredict`);
    expect(headers).toEqual({ authorization: "Bearer test-key" });
    expect(read(text)).toEqual({
      anthropic_version: "vertex-2023-10-16",
      max_tokens: 100,
      messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
    });
  });

  test("[67] a stream has its own method, and the body says so, too", () => {
    const { path, text } = send({ stream: true, stream_options: { include_usage: true } }, claude);
    expect(path).toBe(`${MODEL}:streamRawPredict`);
    expect(read(text)["stream"]).toBe(true);
    expect(Object.keys(read(text))).not.toContain("model");
  });

  test("[67] the model's rules are the same as at Anthropic", () => {
    const both = { temperature: 0.5, top_p: 0.9 };
    expect(read(send(both, claude).text)["top_p"]).toBeUndefined();
    expect(refuse({ n: 2 }, claude)).toMatchObject({ status: 400, param: "n" });
  });

  test("[67] express mode has no Claude", () => {
    expect(refuse({}, { type: "vertex", model: "claude-sonnet-4-5" })).toMatchObject({
      status: 400,
      param: "model",
      message: expect.stringContaining("vertexProjectId") as string,
    });
  });
});
