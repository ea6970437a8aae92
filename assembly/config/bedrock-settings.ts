import { decodeText } from "../bytes/buffer";
import { JsonKind } from "../json/document";
import { ConfigReader } from "./reader";
import { ProviderConfig } from "./schema";

const POSITIONS: string[] = ["systemPrompt", "lastUserMessage", "lastMessage"];

/** Checks the values of what only the type `bedrock` has. */
export function checkBedrockSettings(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): void {
  if (provider.type.name != "bedrock") return;
  checkWord(reader, path, provider, "bedrockApi", ["converse", "invoke"]);
  checkWord(reader, path, provider, "promptCacheRetention", ["in_memory", "24h"]);
  checkPositions(reader, reader.find(node, "bedrockPromptCachePointPositions"), path);
  checkObject(reader, reader.find(node, "bedrockAdditionalFields"), path + ".bedrockAdditionalFields");
  checkKeys(reader, path, provider);
  if (decodeText(provider.setting("bedrockApi")) != "invoke") return;
  const converseOnly: string[] = [
    "promptCacheRetention",
    "bedrockPromptCachePointPositions",
    "bedrockAdditionalFields",
  ];
  for (let index = 0; index < converseOnly.length; index++) {
    if (reader.find(node, converseOnly[index]) < 0) continue;
    reader.errors.add(path + "." + converseOnly[index], 'has no meaning with "bedrockApi": "invoke"; remove it');
  }
}

function checkWord(reader: ConfigReader, path: string, provider: ProviderConfig, name: string, words: string[]): void {
  const word = decodeText(provider.setting(name));
  if (word.length > 0 && !words.includes(word)) reader.errors.add(path + "." + name, "must be " + words.join(" or "));
}

function checkObject(reader: ConfigReader, member: i32, path: string): bool {
  if (member < 0 || reader.document.isObject(member)) return member >= 0;
  if (reader.document.isArray(member)) reader.errors.add(path, "must be an object, found a list");
  return false;
}

function checkPositions(reader: ConfigReader, member: i32, path: string): void {
  const memberPath = path + ".bedrockPromptCachePointPositions";
  if (!checkObject(reader, member, memberPath)) return;
  const document = reader.document;
  for (let key = document.first(member); key >= 0; key = document.nextKey(key)) {
    const name = reader.text(key);
    const kind = document.kind(document.valueOf(key));
    if (!POSITIONS.includes(name)) reader.unknownKey(memberPath, name, POSITIONS);
    else if (kind != JsonKind.True && kind != JsonKind.False) {
      reader.errors.add(memberPath + "." + name, "must be true or false");
    }
  }
}

function checkKeys(reader: ConfigReader, path: string, provider: ProviderConfig): void {
  const hasAccessKey = provider.setting("awsAccessKey").length > 0;
  const hasSecretKey = provider.setting("awsSecretKey").length > 0;
  if (!hasAccessKey && !hasSecretKey) return;
  if (!hasAccessKey) reader.errors.add(path + ".awsAccessKey", "is missing; awsSecretKey needs it");
  else if (!hasSecretKey) reader.errors.add(path + ".awsSecretKey", "is missing; awsAccessKey needs it");
  else if (provider.apiTokens.length > 0) {
    reader.errors.add(path + ".awsAccessKey", "is not used beside apiTokens; remove one of the two");
  }
}
