/*
 * What Bedrock's Converse would reject, written from its public pages and independently of the code under test:
 *   https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html   members, types, lengths and patterns
 *   https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html   roles, documents
 *   https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html   toolUse and toolResult
 */
import { ConverseRequest$ } from "@aws-sdk/client-bedrock-runtime";
import { type BedrockModel, findModel } from "./bedrock-models";
import { checkShape, InvalidConverse, reject } from "./bedrock-shapes";

type Block = Record<string, unknown>;
interface Message {
  role: string;
  content: Block[];
}
interface Converse {
  messages?: Message[];
  system?: Block[];
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  toolConfig?: { tools: Block[]; toolChoice?: Block };
  outputConfig?: { textFormat?: { structure: { jsonSchema: { schema: string } } }; effort?: string };
  additionalModelRequestFields?: unknown;
}

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const TOOL_ID = /^[a-zA-Z0-9_.:-]{1,64}$/;
const DOCUMENT_NAME = /^(?!.*\s\s)[a-zA-Z0-9\s\-()[\]]{1,200}$/;
const MOST_CACHE_POINTS = 4;

const isBlank = (text: unknown): boolean => typeof text === "string" && text.trim() === "";
const list = (ids: string[]): string => ids.join(", ");

/** Checks the blocks of one turn; `path` is the turn's. */
function checkBlocks(message: Message, path: string, model: BedrockModel, names: Set<string>): void {
  const { content, role } = message;
  if (content.length === 0)
    reject(
      `${path}.content: The content field is empty. Add a ContentBlock object to the content field and try again.`,
    );
  content.forEach((block, index) => {
    const at = `${path}.content.${index}`;
    if ("text" in block && isBlank(block["text"])) {
      reject(`The text field in the ContentBlock object at ${at} is blank. Add text to the text field, and try again.`);
    }
    if ("toolUse" in block) {
      if (role !== "assistant") reject(`${at}: User messages cannot contain tool uses.`);
      checkToolUse(block["toolUse"] as Block, at);
    }
    if ("reasoningContent" in block) checkReasoning(block["reasoningContent"] as Block, role, at, model);
    if (("image" in block || "document" in block) && role !== "user")
      reject(`${at}: Assistant messages cannot contain images or documents.`);
    if ("document" in block) checkDocument(block["document"] as Block, at, names);
    if ("cachePoint" in block) {
      if (index === 0) reject(`${at}: A cache point must follow the content that it caches.`);
      const before = content[index - 1]!;
      if ("cachePoint" in before || "reasoningContent" in before) reject(`${at}: A cache point cannot stand here.`);
    }
    if ("toolResult" in block) {
      if (role !== "user") reject(`${at}: Assistant messages cannot contain tool results.`);
      checkToolResult(block["toolResult"] as Block, at, names);
    }
  });
  if (content.some((block) => "document" in block) && !content.some((block) => "text" in block)) {
    reject(`${path}: Documents need a text block beside them.`);
  }
}

function checkToolUse(toolUse: Block, at: string): void {
  if (!TOOL_ID.test(toolUse["toolUseId"] as string))
    reject(
      `${at}.toolUse.toolUseId: Value failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+`,
    );
  if (!TOOL_NAME.test(toolUse["name"] as string))
    reject(
      `${at}.toolUse.name: Value '${String(toolUse["name"])}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
    );
  const input = toolUse["input"];
  if (typeof input !== "object" || input === null || Array.isArray(input))
    reject(
      `The format of the value at ${at}.toolUse.input is invalid. Provide a json object for the field and try again.`,
    );
}

function checkToolResult(result: Block, at: string, names: Set<string>): void {
  if (!TOOL_ID.test(result["toolUseId"] as string))
    reject(
      `${at}.toolResult.toolUseId: Value failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+`,
    );
  const content = result["content"] as Block[];
  if (content.length === 0) reject(`${at}.toolResult.content: The content field is empty.`);
  for (const part of content) {
    if ("document" in part) checkDocument(part["document"] as Block, at, names);
    if ("json" in part && (typeof part["json"] !== "object" || part["json"] === null || Array.isArray(part["json"])))
      reject(
        `The format of the value at ${at}.toolResult.content.0.json is invalid. Provide a json object for the field and try again.`,
      );
  }
}

function checkReasoning(reasoning: Block, role: string, at: string, model: BedrockModel): void {
  if (role !== "assistant")
    reject(`${at}: User messages cannot contain reasoning content. Please remove the reasoning content and try again.`);
  if (!model.reasoning) reject(`${at}: This model doesn't support reasoning content in the conversation.`);
  const text = reasoning["reasoningText"] as Block | undefined;
  if (text && typeof text["signature"] !== "string")
    reject(`${at}.reasoningContent.reasoningText.signature: Field required`);
}

function checkDocument(document: Block, at: string, names: Set<string>): void {
  const name = document["name"] as string;
  if (!DOCUMENT_NAME.test(name))
    reject(
      `${at}.document.name: The file name '${name}' can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.`,
    );
  if (names.has(name)) reject(`The file names in the request must be unique: '${name}'.`);
  names.add(name);
  if (document["format"] === undefined) reject(`${at}.document.format: Member must not be null`);
}

/** Every turn behind tool uses brings exactly their results, and no other does. */
function checkPairs(messages: Message[]): void {
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const uses = (before?.content ?? []).flatMap((block) =>
      block["toolUse"] ? [(block["toolUse"] as Block)["toolUseId"] as string] : [],
    );
    const results = message.content.flatMap((block) =>
      block["toolResult"] ? [(block["toolResult"] as Block)["toolUseId"] as string] : [],
    );
    if (new Set(uses).size !== uses.length) reject(`messages.${index - 1}: toolUse ids must be unique`);
    const missing = uses.filter((id) => !results.includes(id));
    if (missing.length > 0)
      reject(`Expected toolResult blocks at messages.${index}.content for the following Ids: ${list(missing)}`);
    const surplus = results.filter((id) => !uses.includes(id));
    if (surplus.length > 0)
      reject(
        `The toolResult blocks at messages.${index}.content contain Ids without a toolUse before them: ${list(surplus)}`,
      );
    if (results.length > uses.length)
      reject(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
  });
  const last = messages.at(-1);
  if (last?.role === "assistant" && last.content.some((block) => "toolUse" in block))
    reject("The conversation ends with tool uses that nobody has answered.");
}

function checkMessages(body: Converse, model: BedrockModel): void {
  const messages = body.messages ?? [];
  if (messages.length === 0) reject("The messages field is empty: a conversation must start with a user message.");
  if (messages[0]!.role !== "user")
    reject(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  const names = new Set<string>();
  messages.forEach((message, index) => {
    if (index > 0 && message.role === messages[index - 1]!.role) {
      reject(
        `messages.${index}: A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.`,
      );
    }
    checkBlocks(message, `messages.${index}`, model, names);
  });
  checkPairs(messages);
  const last = messages.at(-1);
  const text = last.content.at(-1)?.["text"];
  if (last.role === "assistant" && typeof text === "string" && text !== text.trimEnd()) {
    reject(
      "The model returned the following errors: messages: final assistant content cannot end with trailing whitespace",
    );
  }
  for (const block of body.system ?? []) {
    if (isBlank(block["text"]))
      reject("The text field in the SystemContentBlock object is blank. Add text to the text field, and try again.");
  }
}

function checkTools(body: Converse, model: BedrockModel): void {
  const blocks = (body.messages ?? []).flatMap(({ content }) => content);
  const config = body.toolConfig;
  if (!config) {
    if (blocks.some((block) => "toolUse" in block || "toolResult" in block))
      reject("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
    return;
  }
  const specs = config.tools.flatMap((tool) => (tool["toolSpec"] ? [tool["toolSpec"] as Block] : []));
  if (specs.length === 0) reject("toolConfig.tools: Member must have length greater than or equal to 1");
  const names = specs.map((spec) => spec["name"] as string);
  if (new Set(names).size !== names.length) reject("The toolConfig.tools field contains tools with the same name.");
  for (const spec of specs) {
    if (!TOOL_NAME.test(spec["name"] as string))
      reject(
        `toolConfig.tools.member.toolSpec.name: Value '${String(spec["name"])}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
      );
    if (spec["description"] === "")
      reject("toolConfig.tools.member.toolSpec.description: Member must have length greater than or equal to 1");
    const schema = (spec["inputSchema"] as Block)["json"] as Block | null;
    if (schema?.["type"] !== "object")
      reject("The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.");
  }
  const choice = config.toolChoice;
  if (choice === undefined) return;
  const kind = Object.keys(choice)[0]!;
  if (model.choices === null || (kind !== "auto" && !model.choices.includes(kind as "any"))) {
    reject(
      `This model doesn't support the toolConfig.toolChoice.${kind} field. Remove toolConfig.toolChoice.${kind} and try again.`,
    );
  }
  const chosen = (choice["tool"] as Block | undefined)?.["name"];
  if (chosen !== undefined && !names.includes(chosen as string))
    reject("The value at toolConfig.toolChoice.tool.name must be one of the tools.");
}

function checkCache(body: Converse, model: BedrockModel): void {
  const isPoint = (block: Block): boolean => "cachePoint" in block;
  const tools = (body.toolConfig?.tools ?? []).filter(isPoint);
  const points = [
    ...tools,
    ...(body.system ?? []).filter(isPoint),
    ...(body.messages ?? []).flatMap(({ content }) => content).filter(isPoint),
  ];
  if (points.length === 0) return;
  if (!model.caches) reject("You invoked an unsupported model or your request did not allow prompt caching.");
  if (tools.length > 0 && !model.cachesTools)
    reject("toolConfig.tools: This model doesn't support cache points behind tools.");
  if (points.length > MOST_CACHE_POINTS)
    reject(`A maximum of ${MOST_CACHE_POINTS} cache points may be provided. Found ${points.length}.`);
  if (!model.longCache && points.some((point) => (point["cachePoint"] as Block)["ttl"] === "1h"))
    reject("This model doesn't support the ttl of an hour.");
}

function checkInference(body: Converse, model: BedrockModel): void {
  const { maxTokens, temperature, topP, stopSequences } = body.inferenceConfig ?? {};
  if (maxTokens !== undefined && maxTokens < 1)
    reject(
      "inferenceConfig.maxTokens: Value failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  for (const [name, value] of Object.entries({ temperature, topP })) {
    if (value !== undefined && (value < 0 || value > 1))
      reject(
        `inferenceConfig.${name}: Value '${value}' failed to satisfy constraint: Member must have value less than or equal to 1`,
      );
  }
  for (const stop of stopSequences ?? []) {
    if (stop === "") reject("inferenceConfig.stopSequences: Member must have length greater than or equal to 1");
    if (model.claude && isBlank(stop))
      reject("The model returned the following errors: stop_sequences: each stop sequence must contain non-whitespace");
  }
  const sampling = model.claude?.sampling;
  if (sampling === "one" && temperature !== undefined && topP !== undefined)
    reject(
      "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    );
  if (sampling === "none" && (temperature !== undefined || topP !== undefined))
    reject("The model returned the following errors: `temperature` is deprecated for this model.");
}

function checkAdditional(body: Converse, model: BedrockModel): void {
  const fields = body.additionalModelRequestFields;
  if (fields === undefined) return;
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    reject("The value at additionalModelRequestFields must be an object.");
  const given = fields as Block;
  for (const name of Object.keys(given)) {
    if (model.additional && !model.additional.includes(name))
      reject(
        `The model returned the following errors: Malformed input request: #: extraneous key [${name}] is not permitted, please reformat your input and try again.`,
      );
  }
  const inference = body.inferenceConfig ?? {};
  const nova = given["reasoningConfig"] as { type?: string; maxReasoningEffort?: string } | undefined;
  if (nova) {
    if (!["low", "medium", "high"].includes(nova.maxReasoningEffort ?? ""))
      reject("reasoningConfig.maxReasoningEffort must be one of low, medium, high");
    if (
      nova.maxReasoningEffort === "high" &&
      (inference.maxTokens ?? inference.temperature ?? inference.topP) !== undefined
    ) {
      reject("maxTokens, temperature and topP cannot be set when maxReasoningEffort is high");
    }
  }
  const topK = (given["inferenceConfig"] as Block | undefined)?.["topK"] ?? given["top_k"];
  if (topK !== undefined && (typeof topK !== "number" || topK < 0))
    reject("topK must be a number that is not negative");
  if (
    given["reasoning_effort"] !== undefined &&
    !["low", "medium", "high"].includes(given["reasoning_effort"] as string)
  )
    reject("reasoning_effort must be one of low, medium, high");
  checkOwnChoice(given["tool_choice"] as Block | undefined, body);
  checkThinking((given["thinking"] ?? given["reasoning_config"]) as Block | undefined, given, body, model);
}

/** https://github.com/BerriAI/litellm/issues/36536 and https://github.com/BerriAI/litellm/issues/34420 */
function checkOwnChoice(choice: Block | undefined, body: Converse): void {
  if (choice === undefined) return;
  if (!body.toolConfig)
    reject("The model returned the following errors: tool_choice may only be specified with tools.");
  const { type, name, disable_parallel_tool_use: single, ...others } = choice;
  if (body.toolConfig.toolChoice)
    reject("The additional field tool_choice/type conflicts with the existing field toolConfig.toolChoice.");
  if (type === undefined) reject("The model returned the following errors: tool_choice.type: Field required");
  if (
    !["auto", "any", "tool"].includes(type as string) ||
    typeof single !== "boolean" ||
    Object.keys(others).length > 0
  )
    reject("The model returned the following errors: tool_choice: Extra inputs are not permitted");
  const names = body.toolConfig.tools.flatMap((tool) =>
    tool["toolSpec"] ? [(tool["toolSpec"] as Block)["name"]] : [],
  );
  if ((type === "tool") !== names.includes(name))
    reject("The model returned the following errors: tool_choice.name: Field required");
}

function checkThinking(thinking: Block | undefined, given: Block, body: Converse, model: BedrockModel): void {
  if (!thinking) return;
  const inference = body.inferenceConfig ?? {};
  const type = String(thinking["type"]);
  if (model.claude && !model.claude.thinking.includes(type))
    reject(`The model returned the following errors: thinking.type: "${type}" is not supported for this model.`);
  const thinks = type === "enabled" || type === "adaptive";
  if (type === "enabled") {
    const budget = thinking["budget_tokens"];
    if (typeof budget !== "number" || budget < 1024)
      reject("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
    if (inference.maxTokens === undefined || inference.maxTokens <= budget)
      reject("`max_tokens` must be greater than `thinking.budget_tokens`");
  }
  if (!thinks) return;
  if (inference.temperature !== undefined && inference.temperature !== 1)
    reject("`temperature` may only be set to 1 when thinking is enabled.");
  if (inference.topP !== undefined && inference.topP < 0.95)
    reject("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.");
  if (given["top_k"] !== undefined) reject("`top_k` must be unset when thinking is enabled.");
  const own = (given["tool_choice"] as Block | undefined)?.["type"] ?? "auto";
  const choice = body.toolConfig?.toolChoice ?? {};
  if ("any" in choice || "tool" in choice || own !== "auto")
    reject("Thinking may not be enabled when tool_choice forces tool use.");
}

function checkOutput(body: Converse, model: BedrockModel): void {
  const { textFormat, effort } = body.outputConfig ?? {};
  if (textFormat) {
    if (!model.formats) reject("This model doesn't support the outputConfig.textFormat field.");
    try {
      JSON.parse(textFormat.structure.jsonSchema.schema);
    } catch {
      reject("outputConfig.textFormat.structure.jsonSchema.schema must be a valid JSON schema.");
    }
  }
  if (effort !== undefined && !(model.claude?.effort ?? []).includes(effort))
    reject("This model doesn't support the effort parameter.");
}

/** What the service would say of a body for a model (the path's, decoded): null when it takes it. */
export function validateConverse(model: string, body: unknown): string | null {
  const rules = findModel(model);
  if (rules === null) return "The provided model identifier is invalid.";
  try {
    checkShape(ConverseRequest$, { modelId: model, ...(body as object) });
    const converse = body as Converse;
    checkMessages(converse, rules);
    checkTools(converse, rules);
    checkCache(converse, rules);
    checkInference(converse, rules);
    checkAdditional(converse, rules);
    checkOutput(converse, rules);
    return null;
  } catch (error) {
    if (error instanceof InvalidConverse) return error.message;
    throw error;
  }
}
