import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildTestModule } from "../../support/build";
import { useOpenAiModule } from "../../support/openai-fixture";
import { type Target, TranslateModule } from "../../support/translate";

/*
 * Azure OpenAI: the same protocol at other paths, with another header and its own errors.
 * Sources: https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference,
 * https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle
 */
const HOST = "https://my-resource.openai.azure.com";
const VERSION = "2024-10-21";
const MESSAGES = '"messages":[{"role":"user","content":"hi"}]';

const openai = useOpenAiModule();
let module: TranslateModule;

beforeAll(async () => {
  await buildTestModule("translate");
}, 300_000);
beforeEach(async () => {
  module = await TranslateModule.load();
});
afterEach(() => {
  expect(module.close()).toBe(0);
});

function azure(provider: Record<string, unknown>, model = "gpt-4o", apiToken = "0123456789abcdef"): Target {
  return { type: "azure", model, apiToken, provider };
}

function pathOf(provider: Record<string, unknown>, model?: string): string {
  return module.translate(azure(provider, model), `{"model":"m",${MESSAGES}}`).path;
}

describe("[115] azureServiceUrl in its four forms", () => {
  const dated = `?api-version=${VERSION}`;
  const deployment = "/openai/deployments/gpt-4o/chat/completions";
  test.each<[string, Record<string, unknown>, string]>([
    ["the host alone", { azureServiceUrl: HOST, apiVersion: VERSION }, deployment + dated],
    ["a slash behind it", { azureServiceUrl: `${HOST}/`, apiVersion: VERSION }, deployment + dated],
    ["the version in the URL", { azureServiceUrl: HOST + dated }, deployment + dated],
    ["the version in both", { azureServiceUrl: HOST + dated, apiVersion: VERSION }, deployment + dated],
    ["no scheme", { azureServiceUrl: `my-resource.openai.azure.com${dated}` }, deployment + dated],
    ["/openai behind it", { azureServiceUrl: `${HOST}/openai${dated}` }, deployment + dated],
    [
      "a deployment",
      { azureServiceUrl: `${HOST}/openai/deployments/fixed${dated}` },
      `/openai/deployments/fixed/chat/completions${dated}`,
    ],
    [
      "the full path",
      { azureServiceUrl: `${HOST}/openai/deployments/fixed/chat/completions${dated}` },
      `/openai/deployments/fixed/chat/completions${dated}`,
    ],
    ["the base of v1", { azureServiceUrl: `${HOST}/openai/v1/` }, "/openai/v1/chat/completions"],
    ["the full path of v1", { azureServiceUrl: `${HOST}/openai/v1/chat/completions` }, "/openai/v1/chat/completions"],
    [
      "the preview of v1",
      { azureServiceUrl: `${HOST}/openai/v1?api-version=preview` },
      "/openai/v1/chat/completions?api-version=preview",
    ],
    [
      "a gateway of one's own before it",
      { azureServiceUrl: `https://apim.example.com/team/openai/v1`, providerBasePath: "/proxy" },
      "/proxy/team/openai/v1/chat/completions",
    ],
    [
      "providerDomain instead",
      { providerDomain: "my-resource.openai.azure.com", apiVersion: VERSION },
      deployment + dated,
    ],
  ])("%s", (_name, provider, path) => {
    expect(pathOf(provider)).toBe(path);
  });

  test("the deployment is the mapped model, percent-encoded", () => {
    const provider = { azureServiceUrl: HOST, apiVersion: VERSION };
    expect(pathOf(provider, "my gpt/4ö?#%")).toBe(
      `/openai/deployments/my%20gpt%2F4%C3%B6%3F%23%25/chat/completions?api-version=${VERSION}`,
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["nothing", {}, "azureServiceUrl: is missing; the type azure needs it"],
    ["no version", { azureServiceUrl: HOST }, "apiVersion: is missing; the type azure needs it"],
    [
      "no version at a deployment",
      { azureServiceUrl: `${HOST}/openai/deployments/d` },
      "apiVersion: is missing; the type azure needs it",
    ],
    [
      "two versions",
      { azureServiceUrl: `${HOST}?api-version=a`, apiVersion: "b" },
      "apiVersion: says another version than azureServiceUrl; remove one",
    ],
    ...["/other", "/openai/deployments/", "/openai/deployments/a/b", "/chat/completions"].map(
      (path): [string, Record<string, unknown>, string] => [
        `the path ${path}`,
        { azureServiceUrl: HOST + path, apiVersion: VERSION },
        "azureServiceUrl: must be https://RESOURCE.openai.azure.com alone,",
      ],
    ),
    ...["?api-version=a&key=secret", "?key=secret", "?api-version=a%20b", "?api-version=a b"].map(
      (query): [string, Record<string, unknown>, string] => [
        `the query ${query}`,
        { azureServiceUrl: HOST + query },
        "azureServiceUrl: must be",
      ],
    ),
    ["a user in the URL", { azureServiceUrl: "https://user@host/openai/v1" }, "azureServiceUrl: must be"],
    ["a version with a space", { azureServiceUrl: HOST, apiVersion: "a b" }, "apiVersion: must be a version"],
  ])("%s is refused", (_name, provider, message) => {
    expect(() => pathOf(provider)).toThrow(`providers[0].${message}`);
  });
});

describe("[115] the key", () => {
  const provider = { azureServiceUrl: `${HOST}/openai/v1` };
  const body = `{"model":"m",${MESSAGES}}`;

  test("of a resource goes into api-key", () => {
    expect(module.translate(azure(provider), body).headers).toEqual({ "api-key": "0123456789abcdef" });
  });

  test("of Entra ID is a bearer token", () => {
    const token = "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJhIn0.c2ln";
    expect(module.translate(azure(provider, "m", token), body).headers).toEqual({ authorization: `Bearer ${token}` });
  });

  test.each(["eyJ", "eyJhbGci.one-dot", "abc.def.ghi", "eyJ.a.b.c"])(
    "that only looks like one is none: %s",
    (token) => {
      expect(module.translate(azure(provider, "m", token), body).headers).toEqual({ "api-key": token });
    },
  );
});

describe("[116] parameters of reasoning models", () => {
  const sampling =
    '"temperature":0.2,"top_p":0.9,"presence_penalty":1,"frequency_penalty":1,"logprobs":true,"top_logprobs":2,"logit_bias":{}';
  const body = `{"model":"client","max_tokens":5,${sampling},${MESSAGES}}`;
  const reasoning = `"max_completion_tokens":5,${MESSAGES}}`;
  const target = { azureServiceUrl: `${HOST}/openai/v1` };

  test.each(["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "GPT-5-mini", "gpt-5-pro", "gpt-5.1-codex", "codex-mini"])(
    "%s: another name for the limit, and no sampling",
    (model) => {
      expect(module.translate(azure(target, model), body).text).toBe(`{"model":"${model}",${reasoning}`);
    },
  );

  test.each(["gpt-4o", "gpt-4.1-mini", "gpt-5-chat", "chatgpt-4o-latest", "my-deployment", "o365", "phi-4"])(
    "%s: everything stays",
    (model) => {
      expect(module.translate(azure(target, model), body).text).toBe(body.replace("client", model));
    },
  );

  test.each(["gpt-5.1", "gpt-5.2", "gpt-5.12-mini"])("%s: sampling depends on the effort", (model) => {
    const renamed = body.replace("max_tokens", "max_completion_tokens").replace("client", model);
    expect(module.translate(azure(target, model), body).text).toBe(renamed);
    const none = body.replace("{", '{"reasoning_effort":"none",');
    expect(module.translate(azure(target, model), none).text).toBe(renamed.replace("{", '{"reasoning_effort":"none",'));
    const low = body.replace("{", '{"reasoning_effort":"low",');
    expect(module.translate(azure(target, model), low).text).toBe(
      `{"reasoning_effort":"low","model":"${model}",${reasoning}`,
    );
  });

  test("a deployment whose name says nothing is judged by the client's model", () => {
    const text = `{"model":"gpt-5","max_tokens":5,"temperature":0.2,${MESSAGES}}`;
    expect(module.translate(azure(target, "prod"), text).text).toBe(`{"model":"prod",${reasoning}`);
    expect(module.translate(azure(target, "gpt-4o-prod"), text).text).toBe(text.replace("gpt-5", "gpt-4o-prod"));
  });

  test("the same at OpenAI and at GitHub, and nowhere else", () => {
    expect(module.translate({ type: "openai", model: "o3" }, body).text).toBe(`{"model":"o3",${reasoning}`);
    expect(module.translate({ type: "github", model: "openai/gpt-5" }, body).text).toBe(
      `{"model":"openai/gpt-5",${reasoning}`,
    );
    expect(module.translate({ type: "vllm", model: "o3" }, body).text).toBe(body.replace("client", "o3"));
  });

  test("both names of the limit: the newer one wins", () => {
    const both = `{"model":"o3","max_tokens":5,"max_completion_tokens":7,${MESSAGES}}`;
    expect(module.translate({ type: "github", model: "o3" }, both).text).toBe(
      `{"model":"o3","max_completion_tokens":7,${MESSAGES}}`,
    );
  });
});

describe("[118] [119] errors as Azure says them", () => {
  const filtered = {
    error: {
      message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      type: null,
      param: "prompt",
      code: "content_filter",
      status: 400,
      innererror: {
        code: "ResponsibleAIPolicyViolation",
        content_filter_result: { hate: { filtered: true, severity: "high" } },
      },
    },
  };
  test.each([
    ["a filtered prompt", 400, filtered, "content-filter", "content_filter"],
    [
      "a deployment that is not there",
      404,
      { error: { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." } },
      "not-found",
      "DeploymentNotFound",
    ],
    ["a resource that is not there", 404, { error: { code: "404", message: "Resource not found" } }, "not-found", null],
    [
      "a wrong key",
      401,
      { error: { code: "401", message: "Access denied due to invalid subscription key or wrong API endpoint." } },
      "auth",
      null,
    ],
    [
      "an access token that has run out",
      401,
      { statusCode: 401, message: "Unauthorized. Access token is missing, invalid, audience is incorrect or expired." },
      "auth",
      null,
    ],
    [
      "a rate limit",
      429,
      { error: { code: "429", message: "Requests have exceeded call rate limit of your current pricing tier." } },
      "rate-limit",
      null,
    ],
  ])("%s", (_name, status, body, reason, code) => {
    openai.module.useTarget("azure", "m");
    const failure = openai.module.readError(status, body);
    expect(failure).toMatchObject({ reason, status });
    const said = "error" in body ? body.error.message : body.message;
    expect(failure.envelope.error).toMatchObject({ message: said, code });
    expect(failure.envelope.error.type.length).toBeGreaterThan(0);
  });

  test("[10] a status that is only a code inside a stream names the failure", () => {
    openai.module.useTarget("azure", "m");
    openai.module.readHead(`{"model":"m","stream":true,${MESSAGES}}`);
    const event = `data: {"error":{"code":"429","message":"slow down"}}\n\n`;
    const answer = openai.module.passStream([new TextEncoder().encode(event)]);
    expect(answer.failure?.reason).toBe("rate-limit");
    expect(answer.failure?.envelope.error).toMatchObject({ type: "rate_limit_error", message: "slow down" });
  });
});
