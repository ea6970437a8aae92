import { GoogleGenAI, type GenerateContentParameters } from "@google/genai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Mocks, startMocks } from "./index";
import { validateGeminiBody } from "./gemini-validate";

/* Google's own SDK reads the mocks' answers, and Google's rules are kept by the mocks. */

let mocks: Mocks;
beforeAll(async () => {
  mocks = await startMocks();
});
afterAll(() => mocks.close());
afterEach(() => mocks.reset());

const TOOL = {
  functionDeclarations: [
    {
      name: "get_weather",
      parametersJsonSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  ],
};

describe.each(["gemini", "vertex"] as const)("%s", (vendor) => {
  const client = () =>
    new GoogleGenAI({
      apiKey: mocks.keys[vendor],
      vertexai: vendor === "vertex",
      httpOptions: { baseUrl: mocks.url(vendor), retryOptions: { attempts: 1 } },
    });
  const ask = (more: Partial<GenerateContentParameters> = {}) => ({
    model: "gemini-2.5-flash",
    contents: "Hi",
    ...more,
  });

  test("the SDK reads a whole answer", async () => {
    const answer = await client().models.generateContent(ask());
    const title = vendor === "vertex" ? "Vertex AI" : "Gemini";
    expect(answer.text).toBe(`I am gemini-2.5-flash, a mock of ${title}. You said: Hi`);
    expect(answer.candidates?.[0]?.finishReason).toBe("STOP");
    expect(answer.usageMetadata?.totalTokenCount).toBeGreaterThan(1);
    expect(answer.responseId).toMatch(/^\w+$/);
  });

  test("the SDK reads a stream", async () => {
    const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } };
    let text = "";
    let thoughts = "";
    let finish: string | undefined;
    for await (const chunk of await client().models.generateContentStream(ask({ config }))) {
      for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
        if (part.thought) thoughts += part.text ?? "";
        else text += part.text ?? "";
      }
      finish = chunk.candidates?.[0]?.finishReason ?? finish;
    }
    expect(text).toContain("You said: Hi");
    expect(thoughts).toContain("I will answer");
    expect(finish).toBe("STOP");
  });

  test("the SDK reads calls, which Gemini 3 signs", async () => {
    const contents = 'call get_weather {"city":"Rome"}';
    for (const model of ["gemini-2.5-flash", "gemini-3-flash-preview"]) {
      const answer = await client().models.generateContent(ask({ model, contents, config: { tools: [TOOL] } }));
      expect(answer.functionCalls).toMatchObject([{ name: "get_weather", args: { city: "Rome" } }]);
      const [part] = answer.candidates?.[0]?.content?.parts ?? [];
      expect(part?.thoughtSignature !== undefined).toBe(model.startsWith("gemini-3"));
    }
  });

  test("the SDK reads JSON in the form of a schema", async () => {
    const responseJsonSchema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const config = { responseMimeType: "application/json", responseJsonSchema };
    const answer = await client().models.generateContent(ask({ config }));
    expect(JSON.parse(answer.text ?? "")).toHaveProperty("city");
  });

  test.each([429, 503])("the SDK reads a scripted %i", async (status) => {
    mocks.script(vendor, { status, times: 9 });
    await expect(client().models.generateContent(ask())).rejects.toMatchObject({ status });
  });

  test("a model that nobody has, and a key that nobody has", async () => {
    await expect(client().models.generateContent(ask({ model: "gemini-9" }))).rejects.toMatchObject({ status: 404 });
    const stranger = new GoogleGenAI({
      apiKey: "stranger",
      vertexai: vendor === "vertex",
      httpOptions: { baseUrl: mocks.url(vendor) },
    });
    await expect(stranger.models.generateContent(ask())).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("API key not valid") as string,
    });
  });
});

describe("what Google rejects", () => {
  const user = { role: "user", parts: [{ text: "a" }] };
  const call = { role: "model", parts: [{ functionCall: { name: "f", args: {} } }] };
  const result = { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] };
  const tools = (declaration: object) => ({ contents: [user], tools: [{ functionDeclarations: [declaration] }] });
  const config = (generationConfig: object) => ({ contents: [user], generationConfig });

  test.each<[string, object, RegExp]>([
    ["an unknown name", { contents: [user], stream: true }, /Unknown name "stream"/],
    ["a name of OpenAI's", config({ max_tokens: 1 }), /Unknown name "max_tokens" at 'generationConfig'/],
    ["a wrong type", config({ stopSequences: "END" }), /Invalid value at 'generationConfig.stopSequences'/],
    ["a number of 64 bits", config({ seed: 9007199254740991 }), /TYPE_INT32/],
    ["no contents", {}, /contents is not specified/],
    ["a role of OpenAI's", { contents: [{ role: "assistant", parts: [{ text: "a" }] }] }, /valid role/],
    ["no parts", { contents: [{ role: "user", parts: [] }] }, /must not be empty/],
    ["an empty text", { contents: [{ role: "user", parts: [{ text: "" }] }] }, /one initialized field/],
    [
      "two kinds in a part",
      { contents: [{ role: "user", parts: [{ text: "a", fileData: { fileUri: "gs://a/b" } }] }] },
      /already set/,
    ],
    [
      "the model's turn at the end",
      { contents: [user, { role: "model", parts: [{ text: "a" }] }] },
      /end with a user role/,
    ],
    [
      "the model's turn at the begin",
      { contents: [{ role: "model", parts: [{ text: "a" }] }, user] },
      /start with a user role/,
    ],
    ["a call without result", { contents: [user, call, user] }, /number of function response parts/],
    ["a role twice", { contents: [user, user] }, /alternate between user and model/],
    ["results and what follows", { contents: [user, call, result, user] }, /alternate between user and model/],
    [
      "a result beside a text",
      { contents: [user, call, { ...result, parts: [...result.parts, ...user.parts] }] },
      /stand alone in their content/,
    ],
    [
      "an id before Gemini 3",
      { contents: [user, { role: "model", parts: [{ functionCall: { name: "f", id: "a" } }] }, result] },
      /Unexpected id/,
    ],
    ["a result without call", { contents: [user, result] }, /immediately after a function call turn/],
    ["labels at AI Studio", { contents: [user], labels: { a: "b" } }, /Unknown name "labels"/],
    ["a function's bad name", tools({ name: "1a" }), /Invalid function name/],
    ["an object without properties", tools({ name: "a", parameters: { type: "OBJECT" } }), /should be non-empty/],
    ["types in small letters", tools({ name: "a", parameters: { type: "object" } }), /Invalid value/],
    [
      "members of JSON Schema",
      tools({ name: "a", parameters: { type: "OBJECT", additionalProperties: false } }),
      /Unknown name "additionalProperties"/,
    ],
    [
      "a choice of nobody",
      { ...tools({ name: "a" }), toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["b"] } } },
      /not among the declarations/,
    ],
    ["penalties", config({ presencePenalty: 1 }), /Penalty is not enabled/],
    ["a schema without its type", config({ responseJsonSchema: {} }), /response_mime_type/],
    [
      "functions and a form",
      { ...tools({ name: "a" }), ...config({ responseMimeType: "application/json" }) },
      /Function calling with a response mime type/,
    ],
    ["a level of Gemini 3", config({ thinkingConfig: { thinkingLevel: "LOW" } }), /not supported for this model/],
    [
      "a budget out of range",
      config({ thinkingConfig: { thinkingBudget: 99999 } }),
      /thinking budget 99999 is invalid/,
    ],
    [
      "a safety setting of nobody",
      { contents: [user], safetySettings: [{ category: "X", threshold: "OFF" }] },
      /Invalid value/,
    ],
  ])("%s", (_, body, message) => {
    expect(validateGeminiBody(body, "gemini-2.5-flash", "gemini")).toMatch(message);
  });

  test("ids that differ, at Gemini 3", () => {
    const withIds = (called: string, answered: string) => ({
      contents: [
        user,
        { role: "model", parts: [{ functionCall: { name: "f", id: called, args: {} }, thoughtSignature: "QUJD" }] },
        { role: "user", parts: [{ functionResponse: { name: "f", id: answered, response: {} } }] },
      ],
    });
    expect(validateGeminiBody(withIds("a", "a"), "gemini-3-pro-preview", "gemini")).toBeNull();
    expect(validateGeminiBody(withIds("a", "b"), "gemini-3-pro-preview", "gemini")).toMatch(/does not match/);
  });

  test("what Gemma 3 does not know", () => {
    const gemma = (body: object) => validateGeminiBody({ contents: [user], ...body }, "gemma-3-27b-it", "gemini");
    expect(gemma({})).toBeNull();
    expect(gemma({ systemInstruction: { parts: [{ text: "a" }] } })).toMatch(/Developer instruction/);
    expect(gemma({ tools: [{ functionDeclarations: [{ name: "a" }] }] })).toMatch(/Function calling is not enabled/);
  });

  test("calls without a signature, at Gemini 3", () => {
    const body = { contents: [user, call, result] };
    expect(validateGeminiBody(body, "gemini-2.5-flash", "gemini")).toBeNull();
    expect(validateGeminiBody(body, "gemini-3-pro-preview", "gemini")).toMatch(/missing a thought_signature/);
  });
});
