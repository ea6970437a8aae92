import { allSplits } from "../../support/chunking";
import type { Answer, Target, TranslateModule } from "../../support/translate";
import type { Behaviour, NativeAnswer, ProtocolAdapter } from "./adapter";
import { type Body, targetOf } from "./ask";
import { TOOLS, user } from "./request-cases";

/** The request that answers belong to; one that gets tools when the answer calls some. */
export function requestFor(adapter: ProtocolAdapter, stream: boolean, more: object = {}): Body {
  const tools = adapter.unsupported["one tool"] === undefined ? { tools: TOOLS } : {};
  const streaming = stream ? { stream: true, stream_options: { include_usage: true } } : {};
  return { model: "client-model", messages: [user("Hello")], ...tools, ...streaming, ...more };
}

/** Feeds one answer in the given pieces, as an answer to a request of a client that streams or not. */
export function feed(
  module: TranslateModule,
  adapter: ProtocolAdapter,
  target: Target,
  clientStreams: boolean,
  chunks: readonly Uint8Array[],
  sendsEvents: boolean,
  more: object = {},
): Answer {
  const { error } = module.translate(target, requestFor(adapter, clientStreams, more));
  if (error !== null) throw new Error(`${adapter.name} refuses a plain request: ${JSON.stringify(error)}`);
  const answer = module.answer(clientStreams, chunks, sendsEvents);
  const left = module.close();
  if (left !== 0) throw new Error(`${adapter.name}: ${String(left)} blocks stayed behind`);
  return answer;
}

/** Feeds a native stream whole, byte by byte and at random splits; all must give the same bytes. */
export function feedAllSplits(
  module: TranslateModule,
  adapter: ProtocolAdapter,
  behaviour: Behaviour,
  native: NativeAnswer,
  clientStreams = true,
  more: object = {},
): Answer {
  const target = targetOf(adapter, behaviour);
  const [first, ...others] = allSplits(native.bytes).map(({ name, chunks }) => ({
    name,
    answer: feed(module, adapter, target, clientStreams, chunks, true, more),
  }));
  if (first === undefined) throw new Error("no way to cut the bytes");
  for (const { name, answer } of others) {
    if (JSON.stringify(answer) === JSON.stringify(first.answer)) continue;
    throw new Error(`${name} differs from whole:\n${JSON.stringify(answer)}\n${JSON.stringify(first.answer)}`);
  }
  return first.answer;
}

/** Feeds a whole answer to a client that streams or not. */
export function feedWhole(
  module: TranslateModule,
  adapter: ProtocolAdapter,
  behaviour: Behaviour,
  native: NativeAnswer,
  clientStreams = false,
  more: object = {},
): Answer {
  return feed(
    module,
    adapter,
    targetOf(adapter, behaviour),
    clientStreams,
    [native.bytes],
    native.isEvents === true,
    more,
  );
}
