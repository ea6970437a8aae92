import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadAdapters } from "../providers/suite/adapters";
import { fallbackPlugin, listPairs, pairConversation, pairModel } from "../providers/suite/pairs";
import { readCompletion, readStream } from "../providers/suite/read-answer";
import { type BareGateway, startBareGateway } from "./support/gateway";
import { type Answer, send } from "./support/http";
import { ProtocolServer, type ServerMode } from "./support/protocol-server";

/*
 * All ordered pairs of protocols through one real Envoy: the first provider fails, and the second gets a request that its strict mock
 * accepts and that is, headers, path, query and body, the one that it gets when it is asked at once.
 */
const adapters = await loadAdapters();
const pairs = listPairs(adapters);
const servers = new Map<string, ProtocolServer>();
let gateway: BareGateway;

beforeAll(async () => {
  for (const adapter of adapters) servers.set(adapter.name, await ProtocolServer.start(adapter));
  const { plugin, environment } = fallbackPlugin(adapters);
  const endpoints = Object.fromEntries([...servers].map(([name, { endpoint }]) => [name, endpoint]));
  gateway = await startBareGateway(plugin, endpoints, environment);
}, 180_000);
afterAll(async () => {
  await (gateway as BareGateway | undefined)?.close();
  await Promise.all([...servers.values()].map((server) => server.close()));
});

function serverOf(name: string): ProtocolServer {
  const server = servers.get(name);
  if (server === undefined) throw new Error(`no server for ${name}`);
  return server;
}

/** Headers that Envoy gives to every attempt anew, and those that a signature covers with the time. */
const OF_THE_ATTEMPT = /^(x-request-id|x-envoy-.*|x-amz-date|x-forwarded-.*)$/;

function seenBy(name: string): object {
  const [request] = serverOf(name).requests;
  if (request === undefined) throw new Error(`${name} was not asked`);
  const headers = Object.entries(request.headers)
    .filter(([header]) => !OF_THE_ATTEMPT.test(header))
    .map(([header, value]) => `${header}: ${value.startsWith("AWS4-") ? "signed" : value}`);
  return { path: request.path, headers: headers.sort(), text: request.text, rejection: request.rejection };
}

describe.each(pairs.map(([first, second]) => ({ name: `${first.name} to ${second.name}`, first, second })))(
  "$name",
  ({ first, second }) => {
    const ask = (model: string, mode: ServerMode, stream: boolean): Promise<Answer> => {
      serverOf(first.name).prepare(mode, stream);
      serverOf(second.name).prepare("answer", stream);
      const headers = { authorization: "Bearer sk-client-secret", "x-api-key": "sk-client-secret" };
      return send(gateway.url, { headers, body: { ...pairConversation(first, second), model, stream } });
    };

    const modes = (stream: boolean): ServerMode[] => {
      const hasEvent = stream && first.answersWhole !== true && first.writeErrorStream(false) !== null;
      return hasEvent ? ["503", "error event"] : ["503"];
    };

    test.each([true, false])("[34] stream: %j", async (stream) => {
      await ask(`${second.name}/${second.target.model}`, "answer", stream);
      const atOnce = seenBy(second.name);
      for (const mode of modes(stream)) {
        const answer = await ask(pairModel(first, second), mode, stream);
        expect([mode, answer.status, answer.complete], answer.text).toEqual([mode, 200, true]);
        expect(answer.headers["x-modelmux-provider"]).toBe(second.name);
        const { content, finish } = stream ? readStream(answer.text) : readCompletion(answer.text);
        expect([content, finish]).toEqual(["All well.", "stop"]);
        expect(serverOf(first.name).requests).toHaveLength(1);
        expect(seenBy(second.name)).toEqual(atOnce);
        expect(atOnce).toMatchObject({ rejection: null });
      }
    });
  },
);
