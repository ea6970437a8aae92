import { describe, expect, test } from "vitest";
import { listProviderTypes } from "../../../assembly/providers/catalogue";
import { Protocol } from "../../../assembly/providers/provider-type";
import { azure } from "../../mocks/azure";
import { compatible } from "../../mocks/compatible";
import { deepseek } from "../../mocks/deepseek";
import type { MockRequest, Vendor } from "../../mocks/types";
import { SeededRandom } from "../../support/chunking";
import { generateCorpusRequest } from "../../support/openai-corpus";
import { type Target, TranslateModule, type Translation } from "../../support/translate";

/*
 * A part of the corpus to every vendor of the catalogue that speaks OpenAI's protocol: what its dialect does not know is taken out or
 * said otherwise, and the mock, which knows the row, takes the rest.
 */
const REQUESTS = 120;
const WISHES = { form: "unary", textBytes: 0, withoutLastEvent: false, keepAlives: 0 } as const;

const module = await TranslateModule.load();

/** Members without which a type has no address. */
const MEMBERS: Record<string, Record<string, unknown>> = {
  azure: { azureServiceUrl: "https://mock.openai.azure.com", apiVersion: "2024-10-21" },
  cloudflare: { cloudflareAccountId: "account" },
};
/** Azure's deployments and DeepSeek's models have names of their own. */
const MODELS: Record<string, string> = { azure: "gpt-4.1", deepseek: "deepseek-chat" };
const VENDORS: Record<string, Vendor> = { azure, deepseek };

/** What these vendors do not have at all, or by the model: a client that asks for it gets the vendor's own 400. */
const LACKING: Record<string, RegExp> = {
  azure: /reasoning_effort|Unrecognized request argument/,
  deepseek:
    /Invalid (top_p|n) value|variant `function`|image_url|input_audio|file|json_schema|response_format|Prompt must contain|top_logprobs/,
};

function say(type: string, host: string, { path, headers, text }: Translation): string | null {
  const [route = "", query = ""] = path.split("?");
  const request: MockRequest = {
    method: "POST",
    // A server of one's own is known to the mock by its path.
    path: host === "" && type !== "azure" ? `/${type}${route}` : route,
    query: query === "" ? "" : `?${query}`,
    headers: { host, "content-type": "application/json", ...headers },
    repeatedHeaders: [],
    body: Buffer.from(text),
  };
  const answer = (VENDORS[type] ?? compatible).answer(request, "test-key", WISHES);
  return answer.status === 200 ? null : answer.kind === "unary" ? `${String(answer.status)} ${answer.body}` : "events";
}

const rows = listProviderTypes().filter(
  ({ protocol, withoutChat }) => protocol === Protocol.OpenAi && withoutChat === "",
);

describe.each(rows)("$name", ({ name, host, withoutTools }) => {
  test(`[136] takes the corpus`, () => {
    const target: Target = { type: name, model: MODELS[name] ?? "some-model", provider: MEMBERS[name] };
    const random = new SeededRandom(name.length * 7919);
    let taken = 0;
    for (let round = 0; round < REQUESTS; round++) {
      const { body } = generateCorpusRequest(random, { extensions: false });
      const translation = module.translate(target, body);
      expect(module.close()).toBe(0);
      if (translation.error !== null) {
        expect(withoutTools, JSON.stringify(translation.error)).not.toBe("");
        continue;
      }
      const rejection = say(name, host, translation);
      if (rejection !== null && LACKING[name]?.test(rejection) === true) continue;
      expect(rejection, `${JSON.stringify(body)} => ${translation.text}`).toBeNull();
      taken += 1;
    }
    expect(taken).toBeGreaterThan(REQUESTS / 4);
  });
});
