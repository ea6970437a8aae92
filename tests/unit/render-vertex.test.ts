import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderEnvoy, type RenderOptions } from "../../scripts/render";

const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const PROJECT = { vertexProjectId: "my-project", vertexRegion: "us-central1" };

function render(members: object, options: RenderOptions = {}) {
  const providers = [{ id: "v", type: "vertex", ...members }];
  const routes = [{ model: "*", targets: [{ provider: "v" }] }];
  const root = parse(renderEnvoy({ providers, routes }, options), { maxAliasCount: -1 });
  const [cluster] = root.static_resources.clusters;
  return {
    host: cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address,
    sni: cluster.transport_socket?.typed_config.sni,
    filters: cluster.typed_extension_protocol_options[OPTIONS].http_filters,
  };
}

describe("Vertex AI's cluster", () => {
  it.each([
    [{}, "aiplatform.googleapis.com"],
    [PROJECT, "us-central1-aiplatform.googleapis.com"],
    [{ ...PROJECT, vertexRegion: "global" }, "aiplatform.googleapis.com"],
    [{ ...PROJECT, vertexRegion: "eu" }, "aiplatform.eu.rep.googleapis.com"],
    [{ ...PROJECT, vertexOpenAICompatible: true }, "us-central1-aiplatform.googleapis.com"],
  ])("%j is at %s", (members, host) => {
    const rendered = render(members);
    expect([rendered.host, rendered.sni]).toEqual([host, host]);
  });

  it("gets its token behind the module", () => {
    const { filters } = render(PROJECT, { googleTokenFile: "/run/token.yaml" });
    expect(filters.map(({ name }: { name: string }) => name)).toEqual([
      "envoy.filters.http.wasm",
      "envoy.filters.http.credential_injector",
      "envoy.filters.http.upstream_codec",
    ]);
    expect(JSON.stringify(filters[1])).toContain('"path":"/run/token.yaml"');
  });

  it("needs no filters of its own with a key, or without a token file", () => {
    expect(
      render({ ...PROJECT, apiTokens: ["${TOKEN}"] }, { googleTokenFile: "/run/token.yaml" }).filters,
    ).toBeUndefined();
    expect(render(PROJECT).filters).toBeUndefined();
  });
});
