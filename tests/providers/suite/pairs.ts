import type { ProtocolAdapter } from "./adapter";
import { assistant, call, PIXEL, result, TOOLS, user } from "./request-cases";
import type { Body } from "./ask";

/** All ordered pairs of two different protocols. */
export function listPairs(adapters: readonly ProtocolAdapter[]): [ProtocolAdapter, ProtocolAdapter][] {
  return adapters.flatMap((first) =>
    adapters.filter((second) => second !== first).map((second): [ProtocolAdapter, ProtocolAdapter] => [first, second]),
  );
}

/** The model whose route goes from one protocol to the other. */
export function pairModel(first: ProtocolAdapter, second: ProtocolAdapter): string {
  return `${first.name}-to-${second.name}`;
}

/** The name of the environment variable that holds a provider's key. */
function keyVariable({ name }: ProtocolAdapter): string {
  return `KEY_OF_${name.toUpperCase().replace(/\W/g, "_")}`;
}

/** A plugin JSON with one provider per protocol and one route per ordered pair, and the environment that it needs. */
export function fallbackPlugin(adapters: readonly ProtocolAdapter[]) {
  const plugin = {
    role: "gateway",
    providers: adapters.map((adapter) => providerOf(adapter)),
    routes: listPairs(adapters).map(([first, second]) => ({
      model: pairModel(first, second),
      targets: [first, second].map(({ name, target }) => ({ provider: name, model: target.model })),
    })),
    fallback: { firstTokenTimeoutMs: 5000, attemptTimeoutMs: 20000, timeoutMs: 60000 },
  };
  // The key that validators expect, whatever the provider.
  const environment = Object.fromEntries(adapters.map((adapter) => [keyVariable(adapter), "test-key"]));
  return { plugin, environment };
}

function providerOf(adapter: ProtocolAdapter) {
  const { type, apiVersion, apiToken, defaultMaxTokens, provider } = adapter.target;
  const apiTokens = apiToken === "" ? [] : [`\${${keyVariable(adapter)}}`];
  const members = { id: adapter.name, type, apiTokens, apiVersion, defaultMaxTokens, ...provider };
  // Without those that are undefined.
  return JSON.parse(JSON.stringify(members)) as typeof members;
}

/** A conversation with tools and images, as far as both can. */
export function pairConversation(first: ProtocolAdapter, second: ProtocolAdapter): Body {
  const can = (behaviour: keyof ProtocolAdapter["unsupported"]) =>
    [first, second].every(({ unsupported }) => unsupported[behaviour] === undefined);
  const tools = can("one tool") && can("tool results");
  const picture = { type: "image_url", image_url: { url: PIXEL } };
  const question = can("image inline") ? [{ type: "text", text: "What is this?" }, picture] : "What is this?";
  const asked = [call("call_1", "get_weather", '{"city":"Rome"}')];
  const round = [
    assistant(null, { tool_calls: asked, reasoning_content: "Thoughts." }),
    result("call_1", '{"degrees":21.50}'),
  ];
  return {
    model: "",
    messages: [
      ...(can("system messages") ? [{ role: "system", content: "Be brief." }] : []),
      ...(can("multi-turn")
        ? [user(question), ...(tools ? round : []), assistant("A pixel."), user("Sure?")]
        : [user(question)]),
    ],
    ...(tools ? { tools: TOOLS } : {}),
    ...(can("token limit") ? { max_tokens: 100 } : {}),
  };
}
