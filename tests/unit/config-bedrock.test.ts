import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConfigModule } from "../support/config";
import { type Case, ENVIRONMENT, expectRefused, plugin } from "../support/config-cases";

let module: ConfigModule;

beforeAll(async () => {
  module = await ConfigModule.load();
  module.setEnvironment(ENVIRONMENT);
});

afterEach(() => {
  expect(module.liveBlocks()).toBe(0);
});

const bedrock = (members: object) =>
  plugin({ providers: [{ id: "p", type: "bedrock", awsRegion: "us-east-1", ...members }] });

const REFUSED: Case[] = [
  [
    "no region",
    plugin({ providers: [{ id: "p", type: "bedrock" }] }),
    ["providers[0].awsRegion: is missing; the type bedrock needs it"],
  ],
  ["an unknown API", bedrock({ bedrockApi: "mantle" }), ["providers[0].bedrockApi: must be converse or invoke"]],
  [
    "an unknown retention",
    bedrock({ promptCacheRetention: "1h" }),
    ["providers[0].promptCacheRetention: must be in_memory or 24h"],
  ],
  [
    "a secret key alone",
    bedrock({ awsSecretKey: "s" }),
    ["providers[0].awsAccessKey: is missing; awsSecretKey needs it"],
  ],
  [
    "an access key alone",
    bedrock({ awsAccessKey: "a" }),
    ["providers[0].awsSecretKey: is missing; awsAccessKey needs it"],
  ],
  [
    "keys of both kinds",
    bedrock({ awsAccessKey: "a", awsSecretKey: "s", apiTokens: ["k"] }),
    ["providers[0].awsAccessKey: is not used beside apiTokens; remove one of the two"],
  ],
  [
    "positions in a list",
    bedrock({ bedrockPromptCachePointPositions: ["systemPrompt"] }),
    ["providers[0].bedrockPromptCachePointPositions: must be an object, found a list"],
  ],
  [
    "a position that nobody knows",
    bedrock({ bedrockPromptCachePointPositions: { systemprompt: true } }),
    ['providers[0].bedrockPromptCachePointPositions.systemprompt: unknown key; did you mean "systemPrompt"?'],
  ],
  [
    "a position that is no flag",
    bedrock({ bedrockPromptCachePointPositions: { lastMessage: "yes" } }),
    ["providers[0].bedrockPromptCachePointPositions.lastMessage: must be true or false"],
  ],
  [
    "additional fields in a list",
    bedrock({ bedrockAdditionalFields: [1] }),
    ["providers[0].bedrockAdditionalFields: must be an object, found a list"],
  ],
  [
    "what Converse alone has, with InvokeModel",
    bedrock({ bedrockApi: "invoke", promptCacheRetention: "24h", bedrockAdditionalFields: {} }),
    [
      'providers[0].promptCacheRetention: has no meaning with "bedrockApi": "invoke"; remove it',
      'providers[0].bedrockAdditionalFields: has no meaning with "bedrockApi": "invoke"; remove it',
    ],
  ],
];

describe("a Bedrock provider", () => {
  it.each(REFUSED)("with %s is refused", (_, body, errors) => {
    expectRefused(module, body, errors);
  });

  it("has the region in its host, and everything that Higress gives it", () => {
    const members = {
      awsAccessKey: "a",
      awsSecretKey: "s",
      promptCacheRetention: "in_memory",
      bedrockAdditionalFields: { top_k: 5 },
      bedrockPromptCachePointPositions: { systemPrompt: true, lastUserMessage: false, lastMessage: true },
    };
    const [provider] = module.accept(bedrock({ ...members, bedrockApi: "converse" })).providers;
    expect(provider?.authority).toBe("bedrock-runtime.us-east-1.amazonaws.com");
  });
});
