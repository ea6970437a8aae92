import { parseStream, type StreamEvent } from "../../support/translate";

type Member = Record<string, unknown>;

/** A tool call as the client has it when the answer is complete. */
export interface ClientCall {
  id: string;
  name: string;
  arguments: string;
}

/** An answer as a client sees it, streamed or not. */
export interface ClientAnswer {
  content: string | null;
  reasoning: string;
  thinkingBlocks: unknown[];
  calls: ClientCall[];
  finish: string | null;
  usage: Member | null;
  /** The assistant message as the client would put it into its next request. */
  message: Member;
}

interface WireCall {
  index?: number;
  id?: string;
  type?: string;
  function: { name?: string; arguments: string } & Member;
}

function readCalls(calls: WireCall[]): ClientCall[] {
  return calls.map((call) => ({
    id: call.id ?? "",
    name: call.function.name ?? "",
    arguments: call.function.arguments,
  }));
}

/** Reads a completion. */
export function readCompletion(text: string): ClientAnswer {
  const body = JSON.parse(text) as { object: string; choices: Member[]; usage?: Member };
  if (body.object !== "chat.completion") throw new Error(`not a completion: ${text}`);
  const [choice] = body.choices;
  if (choice === undefined) throw new Error(`no choice: ${text}`);
  const message = choice["message"] as Member;
  return {
    content: message["content"] as string | null,
    reasoning: (message["reasoning_content"] ?? "") as string,
    thinkingBlocks: (message["thinking_blocks"] ?? []) as unknown[],
    calls: readCalls((message["tool_calls"] ?? []) as WireCall[]),
    finish: choice["finish_reason"] as string | null,
    usage: body.usage ?? null,
    message,
  };
}

/** Adds a call's fragment to the calls so far, as clients do: by its index. */
function addFragment(calls: WireCall[], fragment: WireCall): void {
  const index = fragment.index ?? 0;
  const known = calls[index];
  if (known === undefined) {
    if (index !== calls.length) throw new Error(`call ${String(index)} after ${String(calls.length)} calls`);
    if (!fragment.id || !fragment.function.name || fragment.type !== "function")
      throw new Error(`a call begins without id, type or name: ${JSON.stringify(fragment)}`);
    const call = structuredClone(fragment);
    Reflect.deleteProperty(call, "index");
    calls.push(call);
    return;
  }
  known.function.arguments += fragment.function.arguments;
}

/** Puts a stream together as clients do; checks the rules that all OpenAI streams keep (checklist items 22 to 25). */
export function readStream(text: string): ClientAnswer & { events: StreamEvent[] } {
  const events = parseStream(text);
  const chunks = events.filter((event): event is Member => event !== "[DONE]");
  const calls: WireCall[] = [];
  const thinkingBlocks: unknown[] = [];
  let content = "";
  let reasoning = "";
  let finish: string | null = null;
  let usage: Member | null = null;
  const heads = new Set<string>();
  for (const [number, chunk] of chunks.entries()) {
    if (chunk["error"] !== undefined) continue;
    heads.add(JSON.stringify([chunk["id"], chunk["created"], chunk["model"], chunk["object"]]));
    if (chunk["usage"] !== undefined && chunk["usage"] !== null) usage = chunk["usage"] as Member;
    for (const choice of chunk["choices"] as Member[]) {
      const delta = choice["delta"] as Member;
      if ((number === 0) !== (delta["role"] === "assistant")) throw new Error(`role in the wrong chunk: ${text}`);
      content += (delta["content"] ?? "") as string;
      reasoning += (delta["reasoning_content"] ?? "") as string;
      thinkingBlocks.push(...((delta["thinking_blocks"] ?? []) as unknown[]));
      for (const fragment of (delta["tool_calls"] ?? []) as WireCall[]) addFragment(calls, fragment);
      if (choice["finish_reason"] === null) continue;
      if (finish !== null) throw new Error(`two finish reasons: ${text}`);
      finish = choice["finish_reason"] as string;
    }
  }
  if (heads.size > 1) throw new Error(`id, created, model or object changes: ${[...heads].join(" ")}`);
  const message: Member = {
    role: "assistant",
    content: content === "" && calls.length > 0 ? null : content,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(thinkingBlocks.length === 0 ? {} : { thinking_blocks: thinkingBlocks }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return { content, reasoning, thinkingBlocks, calls: readCalls(calls), finish, usage, message, events };
}
