import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderEnvoy } from "../../scripts/render";

const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
const REFERENCES = { awsAccessKey: "${AWS_ACCESS_KEY_ID}", awsSecretKey: "${AWS_SECRET_ACCESS_KEY}" };

function render(...members: object[]) {
  const providers = members.map((more, index) => ({
    id: `p${index}`,
    type: "bedrock",
    awsRegion: "eu-west-1",
    ...more,
  }));
  const routes = [{ model: "*", targets: [{ provider: "p0" }] }];
  const root = parse(renderEnvoy({ providers, routes }), { maxAliasCount: -1 });
  const [listener] = root.static_resources.listeners;
  const [cluster] = root.static_resources.clusters;
  const router = listener.filter_chains[0].filters[0].typed_config.http_filters[1];
  return {
    cluster,
    filters: cluster.typed_extension_protocol_options[OPTIONS].http_filters,
    attempt: router.typed_config.upstream_http_filters,
  };
}

describe("Bedrock's cluster", () => {
  it("signs behind the module, in the same VM, with AWS's own chain of credentials", () => {
    const { cluster, filters, attempt } = render({});
    expect(filters.map(({ name }: { name: string }) => name)).toEqual([
      "envoy.filters.http.wasm",
      "envoy.filters.http.aws_request_signing",
      "envoy.filters.http.upstream_codec",
    ]);
    expect([filters[0], filters[2]]).toEqual(attempt);
    expect(filters[1].typed_config).toEqual({
      "@type": "type.googleapis.com/envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning",
      service_name: "bedrock",
      region: "eu-west-1",
    });
    expect(cluster.transport_socket.typed_config.sni).toBe("bedrock-runtime.eu-west-1.amazonaws.com");
  });

  it("reads the two variables that the plugin JSON names, and holds no secret", () => {
    expect(render(REFERENCES).filters[1].typed_config.credential_provider).toEqual({
      custom_credential_provider_chain: true,
      environment_credential_provider: {},
    });
  });

  it("has keys in the file only where the plugin JSON has them in clear", () => {
    const { filters } = render({ awsAccessKey: "AKID", awsSecretKey: "secret" });
    expect(filters[1].typed_config.credential_provider).toEqual({
      inline_credential: { access_key_id: "AKID", secret_access_key: "secret" },
    });
  });

  it("has the region of a variable", () => {
    process.env["TEST_AWS_REGION"] = "ap-south-1";
    expect(render({ awsRegion: "${TEST_AWS_REGION}" }).filters[1].typed_config.region).toBe("ap-south-1");
    delete process.env["TEST_AWS_REGION"];
    expect(() => renderEnvoy({ providers: [{ id: "b", type: "bedrock", awsRegion: "${TEST_AWS_REGION}" }] })).toThrow(
      /TEST_AWS_REGION/,
    );
  });

  it("needs no filters of its own for an API key", () => {
    expect(render({ apiTokens: ["${KEY}"] }).filters).toBeUndefined();
  });

  it.each([
    [[{ awsRegion: undefined }], /providers\[0\]\.awsRegion: is missing/],
    [[{ awsAccessKey: "a" }], /need each other/],
    [[{ ...REFERENCES, awsSecretKey: "${OTHER}" }], /awsSecretKey: Envoy signs, and reads AWS_SECRET_ACCESS_KEY only/],
    [[{ ...REFERENCES, awsAccessKey: "AKID" }], /awsAccessKey: Envoy signs, and reads AWS_ACCESS_KEY_ID only/],
    [
      [{ cluster: "c" }, { cluster: "c", awsRegion: "us-east-1" }],
      /providers\[1\]: cluster c already goes to another host/,
    ],
    [[{ cluster: "c" }, { cluster: "c", apiTokens: ["k"] }], /providers\[1\]: cluster c already has another region/],
  ])("%j is refused", (members, message) => {
    expect(() => render(...members)).toThrow(message);
  });
});
