import "./abort";
import { OpenAiChatClient } from "../clients/openai-chat/index";
const client = new OpenAiChatClient();
export function probe(): bool { return client !== null; }
