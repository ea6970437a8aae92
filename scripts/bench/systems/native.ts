import { extension, typeUrl } from "../../render/settings";
import { type Protocol } from "../answers";
import { envoyVersion } from "../machine";
import { bootstrap, cluster, listener, router, startEnvoy, twoPorts, virtualHost } from "./envoy-parts";
import { providerPath, type RequestKind, type System } from "./system";

const MANAGER = "envoy.extensions.filters.http.ai_protocol_manager.v3";
const FILTERS = "envoy.extensions.http.ai_filters";
/** Under this name the manager that translates finds what a route says. */
const TRANSLATES = "envoy.filters.http.ai_protocol_manager";
const READS = "ai-model-reader";

/** The protocols that Envoy's transcoder has. */
const PROTOCOL_NAMES: Partial<Record<Protocol, string>> = {
  openai: "OPENAI_CHAT_COMPLETIONS",
  anthropic: "ANTHROPIC_MESSAGES",
  gemini: "GEMINI_GENERATE_CONTENT",
};

function makeSystem(id: string, title: string, readsModel: boolean): System {
  return {
    id,
    title,
    isTransparent: false,
    prepare: ({ envoy }) => Promise.resolve({ version: envoyVersion(envoy) }),
    async start(surroundings) {
      const [port, adminPort] = await twoPorts();
      const managers = [...(readsModel ? [manager(READS, [requestInfo()])] : []), manager(TRANSLATES, transcoders())];
      const configuration = bootstrap(
        adminPort,
        [listener(port, makeHosts(readsModel), [...managers, router()])],
        [cluster("provider", surroundings.mock.port)],
      );
      return startEnvoy(surroundings, id, adminPort, configuration, (kind) =>
        kind.isLimited || PROTOCOL_NAMES[kind.protocol] === undefined
          ? null
          : { port, path: "/v1/chat/completions", host: hostFor(kind) },
      );
    },
  };
}

/**
 * Envoy's own AI protocol manager (alpha, C++), as a gateway would use it: one manager reads the model, which routes can then match, a
 * second one translates (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters).
 */
export const native = makeSystem("native", "Envoy's AI transcoder (C++), reads the model", true);
/** The same without reading the model: it only translates. */
export const nativePlain = makeSystem("native-plain", "Envoy's AI transcoder (C++), translates only", false);

function hostFor({ protocol, stream }: RequestKind): string {
  return `${protocol}-${stream ? "stream" : "unary"}`;
}

function makeHosts(readsModel: boolean): object[] {
  const protocols = Object.keys(PROTOCOL_NAMES) as Protocol[];
  return protocols.flatMap((protocol) =>
    [false, true].map((stream) => {
      const kind = { protocol, stream, isLimited: false };
      const path = providerPath(kind);
      const rewrite = path.startsWith("/v1/chat")
        ? {}
        : { regex_rewrite: { pattern: { regex: "^.*$" }, substitution: path } };
      const request = { llm_protocol: PROTOCOL_NAMES.openai };
      const response = { llm_protocol: PROTOCOL_NAMES[protocol] };
      const perRoute = (fields: object): object => ({
        "@type": typeUrl(`${MANAGER}.AiProtocolManagerPerRoute`),
        ...fields,
      });
      return virtualHost(hostFor(kind), [hostFor(kind)], "provider", rewrite, {
        typed_per_filter_config: {
          [TRANSLATES]: perRoute({ request, response }),
          ...(readsModel ? { [READS]: perRoute({ request }) } : {}),
        },
      });
    }),
  );
}

function manager(name: string, filters: object[]): object {
  const handling = { request_handling: {}, ...(name === TRANSLATES ? { response_handling: {} } : {}) };
  return extension(name, `${MANAGER}.AiProtocolManager`, { ...handling, filters });
}

function requestInfo(): object {
  return extension("envoy.http.ai_filters.request_info", `${FILTERS}.request_info.v3.RequestInfo`);
}

function transcoders(): object[] {
  const type = `${FILTERS}.transcoder.v3.Transcoder`;
  const make = (request: string, response: string): object =>
    extension("envoy.http.ai_filters.transcoder", type, { request_handling: request, response_handling: response });
  return [make("TO_IR", "FROM_IR"), make("FROM_IR", "TO_IR")];
}
