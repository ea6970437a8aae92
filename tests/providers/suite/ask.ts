import type { Target, TranslateModule, Translation } from "../../support/translate";
import type { Behaviour, ProtocolAdapter, SpokenRequest, UpstreamRequest } from "./adapter";

/** A body of OpenAI's API. */
export type Body = Record<string, unknown> & { messages: Record<string, unknown>[] };

/** Where a behaviour is tried. */
export function targetOf(adapter: ProtocolAdapter, behaviour: Behaviour): Target {
  return adapter.targets?.[behaviour] ?? adapter.target;
}

/** Translates a body and gives what the vendor would say to the result: null when it would take it. Checks that nothing stays behind and that a second attempt writes the same. */
export function ask(module: TranslateModule, adapter: ProtocolAdapter, target: Target, body: Body): Translation {
  const translation = module.translate(target, body);
  const again = translation.error === null ? module.writeBodyAgain() : "";
  const left = module.close();
  if (left !== 0) throw new Error(`${adapter.name}: ${String(left)} blocks stayed behind`);
  if (again !== translation.text) throw new Error(`${adapter.name}: a second attempt writes another body`);
  return translation;
}

/** Translates a body that the vendor must take. */
export function askAccepted(
  module: TranslateModule,
  adapter: ProtocolAdapter,
  target: Target,
  body: Body,
): { spoken: SpokenRequest; request: UpstreamRequest } {
  const translation = ask(module, adapter, target, body);
  if (translation.error !== null) {
    throw new Error(`${adapter.name} refuses ${JSON.stringify(body)}: ${JSON.stringify(translation.error)}`);
  }
  const request = { path: translation.path, headers: translation.headers, text: translation.text };
  const rejection = adapter.validate(request);
  if (rejection !== null) throw new Error(`the vendor rejects ${translation.text}: ${rejection}`);
  return { spoken: adapter.readRequest(request), request };
}
