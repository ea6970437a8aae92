/*
 * What Google would reject of a `generateContent` request, from its public pages and issue trackers and independently of the code under
 * test. The members and their types stand in gemini-shapes.ts, the models in gemini-models.ts.
 */
import { geminiRules, type ModelRules } from "./gemini-models";
import { checkMessage, InvalidArgument, isRecord, type Json, rejectArgument, show } from "./gemini-shapes";
import { checkContents, checkSystem } from "./gemini-validate-contents";

type JsonRecord = Record<string, Json>;

function checkSchema(schema: Json, path: string): void {
  if (!isRecord(schema)) return;
  const type = schema["type"];
  const options = schema["anyOf"];
  if (type === undefined && !Array.isArray(options)) rejectArgument(`${path}.type: must be specified`);
  if (type === "NULL" || type === "TYPE_UNSPECIFIED") rejectArgument(`${path}.type: ${show(type)} is not supported`);
  if (Array.isArray(options)) {
    if (options.length === 0) rejectArgument(`${path}.any_of: must not be empty`);
    options.forEach((option, index) => checkSchema(option, `${path}.any_of[${index}]`));
  }
  if (type === "ARRAY" && schema["items"] === undefined) rejectArgument(`${path}.items: missing field.`);
  if (schema["items"] !== undefined) {
    if (type !== "ARRAY") rejectArgument(`${path}.items: field predicate failed: $type == Type.ARRAY`);
    checkSchema(schema["items"], `${path}.items`);
  }
  if (schema["enum"] !== undefined && type !== "STRING") rejectArgument(`${path}.enum: only allowed for STRING type`);
  const formats = ["enum", "date-time", "float", "double", "int32", "int64"];
  if (schema["format"] !== undefined && !formats.includes(show(schema["format"])))
    rejectArgument(`${path}.format: only 'enum' and 'date-time' are supported for STRING type`);
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  if (Object.keys(properties).length > 0 && type !== "OBJECT")
    rejectArgument(`${path}.properties: only allowed for OBJECT type`);
  if (schema["properties"] !== undefined && Object.keys(properties).length === 0)
    rejectArgument(`${path}.properties: should be non-empty for OBJECT type`);
  for (const [name, inner] of Object.entries(properties)) checkSchema(inner, `${path}.properties[${name}]`);
  for (const [index, name] of ((schema["required"] ?? []) as string[]).entries()) {
    if (!Object.hasOwn(properties, name)) rejectArgument(`${path}.required[${index}]: property is not defined`);
  }
}

function checkJsonSchema(schema: Json, path: string): void {
  if (!isRecord(schema)) rejectArgument(`${path}: must be a JSON schema object`);
  const { type, properties } = schema;
  if (path.includes("function_declarations") && type !== undefined && type !== "object")
    rejectArgument(`${path}: must describe an object`);
  if (properties !== undefined && !isRecord(properties)) rejectArgument(`${path}.properties: must be an object`);
}

function checkDeclaration(declaration: JsonRecord, index: number, rules: ModelRules): string {
  const path = `* GenerateContentRequest.tools[0].function_declarations[${index}]`;
  const { name, parameters, parametersJsonSchema } = declaration;
  if (typeof name !== "string" || !/^[a-zA-Z_][\w.:-]{0,63}$/.test(name)) {
    rejectArgument(
      `${path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:) or dashes (-), with a maximum length of 64.`,
    );
  }
  if (parameters !== undefined && parametersJsonSchema !== undefined)
    rejectArgument(`${path}: parameters and parameters_json_schema exclude each other`);
  if (isRecord(parameters)) {
    if (parameters["type"] !== "OBJECT") rejectArgument(`${path}.parameters.type: must be OBJECT`);
    if (parameters["properties"] === undefined)
      rejectArgument(`${path}.parameters.properties: should be non-empty for OBJECT type`);
    checkSchema(parameters, `${path}.parameters`);
  }
  if (parametersJsonSchema !== undefined) {
    if (!rules.jsonSchema) rejectArgument(`${path}.parameters_json_schema: not supported by this model`);
    checkJsonSchema(parametersJsonSchema, `${path}.parameters_json_schema`);
  }
  return name;
}

function checkTools(body: JsonRecord, rules: ModelRules): string[] {
  const tools = (body["tools"] ?? []) as JsonRecord[];
  if (body["tools"] !== undefined && tools.length === 0) rejectArgument("tools: must not be empty");
  const declarations = tools.flatMap((tool) => {
    if (Object.keys(tool).length !== 1) rejectArgument("tools[0].tool_type: exactly one kind of tool must be set");
    return (tool["functionDeclarations"] ?? []) as JsonRecord[];
  });
  const names = declarations.map((declaration, index) => checkDeclaration(declaration, index, rules));
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) rejectArgument(`Duplicate function declaration found: ${double}`);
  return names;
}

function checkToolConfig(config: JsonRecord, names: string[]): void {
  const calling = config["functionCallingConfig"];
  if (!isRecord(calling)) return;
  const { mode, allowedFunctionNames: allowed } = calling;
  if (names.length === 0) rejectArgument("Function calling config is set without function_declarations.");
  if (!Array.isArray(allowed)) return;
  if (mode !== "ANY" && mode !== "VALIDATED")
    rejectArgument("Allowed function names should be set only when function calling mode is ANY.");
  for (const name of allowed) {
    if (!names.includes(show(name))) rejectArgument(`Allowed function ${show(name)} is not among the declarations.`);
  }
}

function between(config: JsonRecord, name: string, least: number, most: number): void {
  const value = config[name];
  if (typeof value !== "number" || (value >= least && value <= most)) return;
  rejectArgument(`* GenerateContentRequest.generation_config.${name}: must be in the range [${least}, ${most}].`);
}

function checkThinking(thinking: JsonRecord, rules: ModelRules): void {
  const { thinkingBudget: budget, thinkingLevel: level, includeThoughts } = thinking;
  if (rules.budget === null && rules.levels.length === 0) rejectArgument("Thinking is not enabled for this model.");
  if (budget !== undefined && level !== undefined)
    rejectArgument("You can only set only one of thinking budget and thinking level.");
  if (level !== undefined && !rules.levels.includes(show(level)))
    rejectArgument(`Thinking level ${show(level)} is not supported for this model.`);
  if (typeof budget !== "number") return;
  if (rules.budget === null) rejectArgument("Thinking budget is not supported for this model.");
  const { least, most, zero } = rules.budget;
  if (budget === 0 && includeThoughts === true)
    rejectArgument("include_thoughts is only enabled when thinking is enabled.");
  if (budget !== -1 && !(budget === 0 && zero) && (budget < least || budget > most))
    rejectArgument(`The thinking budget ${budget} is invalid. Please choose a value between ${least} and ${most}.`);
}

function checkFormat(config: JsonRecord, hasTools: boolean, rules: ModelRules): void {
  const { responseMimeType: type, responseSchema: schema, responseJsonSchema: jsonSchema } = config;
  if (type !== undefined && !["text/plain", "application/json", "text/x.enum"].includes(show(type)))
    rejectArgument(`response_mime_type: allowed mimetypes are text/plain, application/json and text/x.enum.`);
  if (schema !== undefined && jsonSchema !== undefined)
    rejectArgument("response_schema and response_json_schema exclude each other");
  if ((schema !== undefined || jsonSchema !== undefined) && type !== "application/json")
    rejectArgument("response_schema: only allowed with the response_mime_type application/json");
  if (schema !== undefined) checkSchema(schema, "* GenerateContentRequest.generation_config.response_schema");
  if (jsonSchema !== undefined) {
    if (!rules.jsonSchema) rejectArgument("response_json_schema is not supported by this model");
    checkJsonSchema(jsonSchema, "response_json_schema");
  }
  if (type === "application/json" && hasTools && !rules.toolsWithFormat)
    rejectArgument("Function calling with a response mime type: 'application/json' is unsupported");
}

function checkGeneration(config: JsonRecord, hasTools: boolean, rules: ModelRules): void {
  between(config, "temperature", 0, 2);
  between(config, "topP", 0, 1);
  between(config, "topK", 1, 2 ** 31);
  between(config, "candidateCount", 1, 8);
  between(config, "maxOutputTokens", 1, 2 ** 31);
  between(config, "presencePenalty", -2, 2);
  between(config, "frequencyPenalty", -2, 2);
  between(config, "logprobs", 0, 20);
  const penalties = [config["presencePenalty"], config["frequencyPenalty"]];
  if (!rules.penalties && penalties.some((penalty) => penalty !== undefined && penalty !== 0))
    rejectArgument("Penalty is not enabled for this model");
  if (config["logprobs"] !== undefined && config["responseLogprobs"] !== true)
    rejectArgument("logprobs: only allowed when response_logprobs is true");
  const stops = (config["stopSequences"] ?? []) as string[];
  if (stops.length > 5) rejectArgument("stop_sequences: at most 5 are allowed");
  if (stops.includes("")) rejectArgument("stop_sequences: must not be empty");
  checkFormat(config, hasTools, rules);
  if (isRecord(config["thinkingConfig"])) checkThinking(config["thinkingConfig"], rules);
}

/** What Google would say to a body for a model, or null when it would take it. `platform`: the two differ in a few members. */
export function validateGeminiBody(body: unknown, model: string, platform: "gemini" | "vertex"): string | null {
  const rules = geminiRules(model);
  if (rules === null) return `models/${model} is not found`;
  try {
    checkMessage(body as Json, platform === "vertex" ? "VertexBody" : "Body", "");
    const record = body as JsonRecord;
    checkContents((record["contents"] ?? []) as JsonRecord[], rules);
    if (isRecord(record["systemInstruction"])) checkSystem(record["systemInstruction"]);
    const names = checkTools(record, rules);
    if (!rules.systemAndTools && record["systemInstruction"] !== undefined)
      return `Developer instruction is not enabled for models/${model}`;
    if (!rules.systemAndTools && names.length > 0) return `Function calling is not enabled for models/${model}`;
    if (isRecord(record["toolConfig"])) checkToolConfig(record["toolConfig"], names);
    if (isRecord(record["generationConfig"])) checkGeneration(record["generationConfig"], names.length > 0, rules);
    if (record["cachedContent"] !== undefined && (names.length > 0 || record["systemInstruction"] !== undefined)) {
      return "CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.";
    }
    return null;
  } catch (error) {
    if (error instanceof InvalidArgument) return error.message;
    throw error;
  }
}

/** The model and the method of a path, or null when it is none of the API's. */
export function readGeminiPath(path: string): { model: string; streams: boolean } | null {
  const match = /^\/v1(?:beta)?\/models\/([\w.@-]{1,128}):(generateContent|streamGenerateContent\?alt=sse)$/.exec(path);
  return match === null ? null : { model: match[1] ?? "", streams: match[2] !== "generateContent" };
}

/** The same for the request as a whole: path, headers and body. */
export function validateGeminiRequest(path: string, headers: Record<string, string>, text: string): string | null {
  const called = readGeminiPath(path);
  if (called === null) return `Not Found: ${path}`;
  if (headers["x-goog-api-key"] === undefined) return "Method doesn't allow unregistered callers.";
  if (headers["authorization"] !== undefined) return "Request had invalid authentication credentials.";
  return validateGeminiBody(JSON.parse(text), called.model, "gemini");
}
