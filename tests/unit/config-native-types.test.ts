import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { ConfigModule } from "../support/config";
import { type Case, ENVIRONMENT, expectRefused, type Json, plugin } from "../support/config-cases";

/*
 * Members of the types that speak a protocol of their own: what they choose, what they need, and what is told when they are wrong.
 */
let module: ConfigModule;
beforeAll(async () => {
  module = await ConfigModule.load();
  module.setEnvironment(ENVIRONMENT);
});
afterEach(() => expect(module.liveBlocks()).toBe(0));

const withMembers = (members: Json): Json => plugin({ providers: [{ id: "p", ...members }] });

const REFUSED: Case[] = [
  [
    "a botType that Dify does not have",
    withMembers({ type: "dify", botType: "Bot" }),
    ["providers[0].botType: must be one of: Chat, Agent, Completion, Workflow"],
  ],
  [
    "a botType that is no text",
    withMembers({ type: "dify", botType: 1 }),
    ["providers[0].botType: must be a string, found a number"],
  ],
  [
    "half of Tencent's two secrets",
    withMembers({ type: "hunyuan", hunyuanAuthId: "AKIDsecret" }),
    ["providers[0].hunyuanAuthKey: is missing; the type hunyuan with hunyuanAuthId needs it"],
  ],
  [
    "the other half",
    withMembers({ type: "hunyuan", hunyuanAuthKey: "${KEY}" }),
    ["providers[0].hunyuanAuthId: is missing; the type hunyuan with hunyuanAuthKey needs it"],
  ],
  [
    "MiniMax pro without a group",
    withMembers({ type: "minimax", minimaxApiType: "pro" }),
    ["providers[0].minimaxGroupId: is missing; the type minimax with minimaxApiType needs it"],
  ],
  [
    "an API that MiniMax does not have",
    withMembers({ type: "minimax", minimaxApiType: "v3" }),
    ["providers[0].minimaxApiType: must be one of: v2, pro"],
  ],
  [
    "DeepL without a language",
    withMembers({ type: "deepl" }),
    ["providers[0].targetLang: is missing; the type deepl needs it"],
  ],
  [
    "a key of DeepL's free API at the paid one's host",
    withMembers({ type: "deepl", targetLang: "DE", apiTokens: ["279a2e9d-secret:fx"] }),
    ["providers[0].providerDomain: must be api-free.deepl.com for keys that end in :fx"],
  ],
  [
    "a version of a model at Triton that is no name",
    withMembers({ type: "triton", tritonModelVersion: "1/2" }),
    ["providers[0].tritonModelVersion: must be 1 to 64 letters, digits, dots, underscores or hyphens"],
  ],
  [
    "an address of Dify with a query",
    withMembers({ type: "dify", difyApiUrl: "https://dify.example.com/v1?x=1" }),
    ["providers[0].difyApiUrl: must be a URL such as https://api.example.com/v1, without user, query and fragment"],
  ],
];

test.each(REFUSED)("%s", (_name, configuration, errors) => expectRefused(module, configuration, errors));

describe("addresses", () => {
  const addressOf = (members: Json): [string, string] => {
    const { config, errors } = module.parse(withMembers(members));
    expect(errors).toEqual([]);
    return [config?.providers[0]?.authority ?? "", config?.providers[0]?.basePath ?? ""];
  };

  test.each<[Json, string, string]>([
    [{ type: "dify" }, "api.dify.ai", "/v1"],
    [{ type: "hunyuan", hunyuanAuthId: "AKID", hunyuanAuthKey: "k" }, "hunyuan.tencentcloudapi.com", ""],
    [{ type: "minimax", minimaxApiType: "Pro", minimaxGroupId: "1" }, "api.minimax.chat", "/v1"],
    [{ type: "coze" }, "api.coze.com", ""],
    [{ type: "coze", cozeBotId: "738", cozeUserId: "u", providerDomain: "api.coze.cn" }, "api.coze.cn", ""],
    [{ type: "triton", tritonDomain: "triton.example.com:8000" }, "triton.example.com:8000", ""],
    [{ type: "deepl", targetLang: "DE" }, "api.deepl.com", "/v2"],
    [
      { type: "deepl", targetLang: "DE", apiTokens: ["k:fx"], providerDomain: "api-free.deepl.com" },
      "api-free.deepl.com",
      "/v2",
    ],
    [{ type: "dify", botType: "agent" }, "api.dify.ai", "/v1"],
    [{ type: "dify", difyApiUrl: "http://dify.example.com:8080/api/v1/" }, "dify.example.com:8080", "/api/v1"],
  ])("%j", (members, authority, basePath) => expect(addressOf(members)).toEqual([authority, basePath]));
});
