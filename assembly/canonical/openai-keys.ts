import { JsonKey } from "../json/document";

/*
 * The words of OpenAI's chat API, which are the hub's own vocabulary too: member names and values that several files look for.
 * Source: https://platform.openai.com/docs/api-reference/chat
 */

export const MODEL = new JsonKey("model");
export const MESSAGES = new JsonKey("messages");
export const STREAM = new JsonKey("stream");
export const STREAM_OPTIONS = new JsonKey("stream_options");
export const INCLUDE_USAGE = new JsonKey("include_usage");
export const MAX_TOKENS = new JsonKey("max_tokens");
export const MAX_COMPLETION_TOKENS = new JsonKey("max_completion_tokens");

export const ROLE = new JsonKey("role");
export const CONTENT = new JsonKey("content");
export const NAME = new JsonKey("name");
export const REFUSAL = new JsonKey("refusal");
export const TOOL_CALLS = new JsonKey("tool_calls");
export const FUNCTION = new JsonKey("function");
export const FUNCTION_CALL = new JsonKey("function_call");
export const ARGUMENTS = new JsonKey("arguments");
export const REASONING_CONTENT = new JsonKey("reasoning_content");
export const REASONING = new JsonKey("reasoning");
export const THINKING_BLOCKS = new JsonKey("thinking_blocks");
export const THINKING = new JsonKey("thinking");
export const REDACTED_THINKING = new JsonKey("redacted_thinking");
export const SIGNATURE = new JsonKey("signature");
export const DATA = new JsonKey("data");

export const SYSTEM = new JsonKey("system");
export const DEVELOPER = new JsonKey("developer");
export const USER = new JsonKey("user");
export const ASSISTANT = new JsonKey("assistant");
export const TOOL = new JsonKey("tool");

export const ID = new JsonKey("id");
export const TYPE = new JsonKey("type");
export const TEXT = new JsonKey("text");
export const OBJECT = new JsonKey("object");
export const CREATED = new JsonKey("created");
export const CHOICES = new JsonKey("choices");
export const INDEX = new JsonKey("index");
export const DELTA = new JsonKey("delta");
export const MESSAGE = new JsonKey("message");
export const FINISH_REASON = new JsonKey("finish_reason");
export const USAGE = new JsonKey("usage");

export const ERROR = new JsonKey("error");
export const CODE = new JsonKey("code");
export const PARAM = new JsonKey("param");
export const STATUS = new JsonKey("status");
export const DETAIL = new JsonKey("detail");
