import { describe, expect, test } from "vitest";
import { useOpenAiModule } from "../../support/openai-fixture";

const openai = useOpenAiModule();

const MESSAGES = '"messages":[{"role":"user","content":"hi"}]';

describe("[137] the same protocol goes through byte for byte", () => {
  test("nothing to change: nothing is copied", () => {
    const body = `{ "model" : "gpt-test",\n ${MESSAGES}, "x": {"b":1.0, "a":[ ]}, "seed":9007199254740993 }`;
    expect(openai.module.write(body)).toEqual({ text: body, replaced: 0 });
  });

  test("a model that is only escaped differently stays as it is written", () => {
    const body = `{"model":"gpt\\u002dtest",${MESSAGES}}`;
    expect(openai.module.write(body)).toEqual({ text: body, replaced: 0 });
  });

  test("only the model is replaced", () => {
    const body = `{"model": "other" ,${MESSAGES},"big":"${"x".repeat(100_000)}"}`;
    const { text, replaced } = openai.module.write(body);
    expect(text).toBe(body.replace('"other"', '"gpt-test"'));
    expect(replaced).toBe(body.indexOf('"other"') + '"other"'.length);
  });

  test("the model's name is escaped", () => {
    openai.module.useTarget("openai", 'a"b\\c\nd');
    expect(openai.module.write(`{"model":"m",${MESSAGES}}`).text).toBe(`{"model":"a\\"b\\\\c\\nd",${MESSAGES}}`);
  });
});

describe("[26] usage is asked for in every stream", () => {
  test("right behind the opening brace", () => {
    const { text, replaced } = openai.module.write(`{ "model":"gpt-test","stream":true,${MESSAGES}}`);
    expect(text).toBe(`{"stream_options":{"include_usage":true}, "model":"gpt-test","stream":true,${MESSAGES}}`);
    expect(replaced).toBe(1);
  });

  test.each([
    ["{}", '{"include_usage":true}'],
    ["null", '{"include_usage":true}'],
    ['{"include_usage":false}', '{"include_usage":true}'],
    ['{"include_usage":null,"x":1}', '{"include_usage":true,"x":1}'],
    ['{ "x":1}', '{"include_usage":true, "x":1}'],
    ['{"include_usage":true}', '{"include_usage":true}'],
  ])("the client's options %s become %s", (given, sent) => {
    const body = (options: string): string =>
      `{"model":"gpt-test","stream":true,"stream_options":${options},${MESSAGES}}`;
    expect(openai.module.write(body(given)).text).toBe(body(sent));
  });
});

describe("[27] stream_options only where they are known", () => {
  test.each(["false", "null"])("not with stream %s", (stream) => {
    const body = `{"stream_options":{"include_usage":true},"model":"gpt-test","stream":${stream},${MESSAGES}}`;
    expect(openai.module.write(body).text).toBe(`{"model":"gpt-test","stream":${stream},${MESSAGES}}`);
  });

  test("not without stream, wherever they stand", () => {
    const options = '"stream_options":{"include_usage":true}';
    const sent = `{"model":"gpt-test",${MESSAGES}}`;
    expect(openai.module.write(`{"model":"gpt-test",${options},${MESSAGES}}`).text).toBe(sent);
    expect(openai.module.write(`{"model":"gpt-test",${MESSAGES} , ${options} }`).text).toBe(sent.replace(/}$/, " }"));
  });

  test("not to a server that rejects them", () => {
    openai.module.useTarget({ acceptsStreamOptions: false }, "gpt-test");
    const sent = `{"model":"gpt-test","stream":true,${MESSAGES}}`;
    expect(openai.module.write(`{"model":"gpt-test","stream":true,${MESSAGES}}`)).toEqual({ text: sent, replaced: 0 });
    expect(openai.module.write(`{"stream_options":{},"model":"gpt-test","stream":true,${MESSAGES}}`).text).toBe(sent);
    expect(openai.module.write(`{"model":"gpt-test","stream":true,${MESSAGES},"stream_options":null}`).text).toBe(sent);
  });
});

describe("[133] a server's dialect", () => {
  const developer = `{"model":"m","messages":[{"content":"be kind","role":"developer"},{"role":"user","content":"hi"}]}`;

  test.each(["deepseek", "qwen", "dashscope", "vllm", "generic", "ollama"])("developer is system at %s", (type) => {
    openai.module.useTarget(type, "m");
    expect(openai.module.write(developer).text).toBe(developer.replace('"developer"', '"system"'));
  });

  test("developer stays at openai", () => {
    openai.module.useTarget("openai", "m");
    expect(openai.module.write(developer)).toEqual({ text: developer, replaced: 0 });
  });

  test("max_completion_tokens is max_tokens where only that is known", () => {
    openai.module.useTarget("deepseek", "m");
    const body = (limit: string): string => `{"model":"m",${limit}${MESSAGES}}`;
    expect(openai.module.write(body('"max_completion_tokens":5,')).text).toBe(body('"max_tokens":5,'));
    expect(openai.module.write(body('"max_completion_tokens":null,')).text).toBe(body(""));
    expect(openai.module.write(body('"max_tokens":5,"max_completion_tokens":null,')).text).toBe(
      body('"max_tokens":5,'),
    );
  });

  test("[54] max_completion_tokens wins when both are given", () => {
    openai.module.useTarget("deepseek", "m");
    const body = `{"max_tokens":9,"model":"m","max_completion_tokens":5,${MESSAGES}}`;
    expect(openai.module.write(body).text).toBe(`{"model":"m","max_tokens":5,${MESSAGES}}`);
  });

  test("max_tokens is max_completion_tokens where only that is known", () => {
    openai.module.useTarget({ acceptsMaxTokens: false }, "m");
    const body = (limit: string): string => `{"model":"m",${limit}${MESSAGES}}`;
    expect(openai.module.write(body('"max_tokens":5,')).text).toBe(body('"max_completion_tokens":5,'));
    expect(openai.module.write(body('"max_tokens":5,"max_completion_tokens":4,')).text).toBe(
      body('"max_completion_tokens":4,'),
    );
    expect(openai.module.write(body('"max_tokens":5,"max_completion_tokens":null,')).text).toBe(
      body('"max_completion_tokens":5,'),
    );
  });

  test("both stay where both are known", () => {
    openai.module.useTarget("openai", "m");
    const body = `{"model":"m","max_tokens":5,"max_completion_tokens":4,${MESSAGES}}`;
    expect(openai.module.write(body).replaced).toBe(0);
  });
});

describe("[136] [65] members that are meant for another vendor", () => {
  const cache = '"cache_control":{"type":"ephemeral"}';
  const thought = '"extra_content":{"google":{"thought_signature":"s"}}';
  const bag = '"provider_specific_fields":{"a":[1,{"cache_control":2}]}';
  const schema = '"parameters":{"type":"object","properties":{"cache_control":{"type":"string"},"extra_content":{}}}';
  const write = (of: (...members: string[]) => string): string =>
    `{"model":"m","messages":[` +
    `{${of(cache, '"role":"system"', '"content":"s"')}},` +
    `{${of('"role":"user"', `"content":[{${of('"type":"text"', '"text":"q"', cache)}},{${of(cache, '"type":"text"', '"text":"cache_control"')}}]`, bag)}},` +
    `{${of('"role":"assistant"', thought, '"content":"a"', bag, `"tool_calls":[{${of(thought, bag, '"id":"c"', '"type":"function"', `"function":{${of('"name":"f"', '"thought_signature":"s"', '"arguments":"{\\"cache_control\\":1}"', bag)}}`)}}]`)}},` +
    `{${of('"role":"tool"', '"tool_call_id":"c"', '"content":"r"', cache)}}` +
    `],"tools":[{${of('"type":"function"', `"function":{${of('"name":"f"', schema, cache)}}`, cache)}}]}`;
  const isForeign = (member: string): boolean => /^"(cache_control|extra_content|provider_|thought_)/.test(member);
  const sent = write((...members) => members.join(","));
  const clean = write((...members) => members.filter((member) => !isForeign(member)).join(","));

  test.each(["openai", "azure", "github", "mistral", "groq", "cerebras", "fireworks", "nvidia", "perplexity"])(
    "%s checks every member: they are left out, and nothing else",
    (type) => {
      openai.module.useTarget(type, "m");
      expect(openai.module.write(sent).text).toBe(clean);
      expect(openai.module.write(clean)).toEqual({ text: clean, replaced: 0 });
    },
  );

  test("Databricks takes the marks of its Claude's cache", () => {
    openai.module.useTarget("databricks", "m");
    const kept = write((...members) => members.filter((one) => !isForeign(one) || one === cache).join(","));
    expect(openai.module.write(sent).text).toBe(kept);
  });

  test.each(["openrouter", "qwen", "deepseek", "together", "minimax", "vllm", "generic"])(
    "%s takes them or does not mind: nothing is touched",
    (type) => {
      openai.module.useTarget(type, "m");
      const { text } = openai.module.write(sent);
      expect(text).toBe(sent);
    },
  );

  test.each(["openai", "github", "mistral", "groq"])("%s: thinking and cache_control at the top", (type) => {
    openai.module.useTarget(type, "m");
    const head = '"model":"m"';
    const body = `{${head},"thinking":{"type":"enabled","budget_tokens":2000},${cache},${MESSAGES}}`;
    expect(openai.module.write(body).text).toBe(`{${head},${MESSAGES}}`);
  });
});

describe("[134] reasoning in the history", () => {
  const call = '"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]';
  const plain = '{"role":"assistant","reasoning_content":"why","content":"a"}';
  const signed =
    '{"thinking_blocks":[{"type":"thinking","thinking":"w","signature":"s"}],"reasoning_content":"w","role":"assistant","content":"a"}';
  const wrap = (messages: string[]): string => `{"model":"m","messages":[${messages.join(",")}]}`;
  const user = '{"role":"user","content":"q"}';

  test("deepseek: removed from turns without tools", () => {
    openai.module.useTarget("deepseek", "m");
    expect(openai.module.write(wrap([user, plain, user, signed, user])).text).toBe(
      wrap([user, '{"role":"assistant","content":"a"}', user, '{"role":"assistant","content":"a"}', user]),
    );
  });

  test("deepseek: kept in the whole turn that called a tool, where it is demanded", () => {
    openai.module.useTarget("deepseek", "m");
    const calling = `{"role":"assistant","reasoning_content":"why","content":null,${call}}`;
    const result = '{"role":"tool","tool_call_id":"c","content":"r"}';
    const body = wrap([user, plain, user, calling, result, plain, user]);
    expect(openai.module.write(body).text).toBe(
      wrap([user, '{"role":"assistant","content":"a"}', user, calling, result, plain, user]),
    );
  });

  test("openai: removed, because unknown members are rejected", () => {
    openai.module.useTarget("openai", "m");
    const last = '{"role":"assistant","content":"a" , "reasoning_content":"w","thinking_blocks":[]}';
    const only = '{"reasoning":"w","role":"assistant"}';
    expect(openai.module.write(wrap([user, signed, last, only, user])).text).toBe(
      wrap([
        user,
        '{"role":"assistant","content":"a"}',
        '{"role":"assistant","content":"a"}',
        '{"role":"assistant"}',
        user,
      ]),
    );
  });

  test("others: kept as it is", () => {
    openai.module.useTarget("vllm", "m");
    expect(openai.module.write(wrap([user, plain, user]))).toEqual({ text: wrap([user, plain, user]), replaced: 0 });
  });

  test("developer and reasoning edits keep their order", () => {
    openai.module.useTarget("deepseek", "m");
    const text = openai.module.write(wrap([user, plain, '{"role":"developer","content":"d"}', plain, user])).text;
    expect(text).toBe(
      wrap([
        user,
        '{"role":"assistant","content":"a"}',
        '{"role":"system","content":"d"}',
        '{"role":"assistant","content":"a"}',
        user,
      ]),
    );
  });
});

describe("[136] members that a server rejects", () => {
  test("are removed, wherever they stand", () => {
    openai.module.useTarget(
      { rejectedMembers: ["logprobs", "service_tier", "parallel_tool_calls", "prediction"] },
      "m",
    );
    const body = `{"logprobs":true,"service_tier":"x","model":"m","parallel_tool_calls":false,${MESSAGES},"user":"u","service\\u005ftier2":1}`;
    expect(openai.module.write(body).text).toBe(`{"model":"m",${MESSAGES},"user":"u","service\\u005ftier2":1}`);
    const last = `{"model":"m",${MESSAGES}, "logprobs":true , "predic\\u0074ion":[1,{"a":2}]}`;
    expect(openai.module.write(last).text).toBe(`{"model":"m",${MESSAGES}}`);
  });
});

describe("path and headers", () => {
  test.each([
    ["openai", "/v1/chat/completions"],
    ["deepseek", "/chat/completions"],
    ["qwen", "/compatible-mode/v1/chat/completions"],
    ["dashscope", "/compatible-mode/v1/chat/completions"],
    ["vllm", "/v1/chat/completions"],
    ["generic", "/v1/chat/completions"],
    ["ollama", "/v1/chat/completions"],
  ])("%s is asked at %s", (type, path) => {
    openai.module.useTarget(type, "m");
    expect(openai.module.path()).toBe(path);
  });

  test("the key is a bearer token, and without a key there is no header", () => {
    expect(openai.module.headers()).toBe("authorization: Bearer test-key\n");
    openai.module.useTarget("vllm", "m", "");
    expect(openai.module.headers()).toBe("");
  });
});

test("[31] any set of members can be removed with its commas", () => {
  const names = ["a", "b", "c", "d", "e"];
  const body =
    '{ "a" : 1 , "model":"m", "b":[2, 3] ,"c":{ "x":"," },\n"messages":[{"role":"user"}] ,"d":"}",  "e":null }';
  for (let removed = 0; removed < 32; removed++) {
    const rejectedMembers = names.filter((_, index) => removed & (1 << index));
    openai.module.useTarget({ rejectedMembers }, "m");
    const expected = Object.entries(JSON.parse(body) as object).filter(([name]) => !rejectedMembers.includes(name));
    expect(JSON.parse(openai.module.write(body).text)).toEqual(Object.fromEntries(expected));
  }
});

test("[32] a large body is spliced at its beginning only", () => {
  const image = `data:image/png;base64,${"iVBORw0KGgo".repeat(1_000_000)}`;
  const body = JSON.stringify({
    model: "m",
    stream: true,
    messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: image } }] }],
  });
  expect(body.length).toBeGreaterThan(10 * 1024 * 1024);
  const { text, replaced } = openai.module.write(body);
  expect(replaced).toBe('{"model":"m"'.length);
  expect(text).toBe(body.replace('{"model":"m"', '{"stream_options":{"include_usage":true},"model":"gpt-test"'));
});

test("[34] every attempt starts from the client's own bytes", () => {
  const body = `{"model":"m","stream":true,${MESSAGES},"max_completion_tokens":1}`;
  openai.module.useTarget("deepseek", "deepseek-chat");
  const first = openai.module.write(body).text;
  openai.module.useTarget("openai", "gpt-test");
  openai.module.write(body);
  openai.module.useTarget("deepseek", "deepseek-chat");
  expect(openai.module.write(body).text).toBe(first);
});
