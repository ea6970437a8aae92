import { extension, typeUrl } from "./settings";

/** Package of Envoy's HTTP filters. */
export const HTTP_FILTERS = "envoy.extensions.filters.http";

/** The module as a filter. */
export function renderWasmFilter(name: string, configuration: string, vmConfig: object): object {
  return extension("envoy.filters.http.wasm", `${HTTP_FILTERS}.wasm.v3.Wasm`, {
    config: {
      name,
      // Without it a filter that holds the headers never gets to see the body.
      allow_on_headers_stop_iteration: true,
      failure_policy: "FAIL_RELOAD",
      configuration: { "@type": typeUrl("google.protobuf.StringValue"), value: configuration },
      vm_config: vmConfig,
    },
  });
}

/** The filters that every attempt passes: the module, whatever signs or adds credentials behind it, and the codec. */
export function renderAttemptFilters(vmConfig: object, behind: object[] = []): object[] {
  return [
    renderWasmFilter("attempt", JSON.stringify({ role: "attempt" }), vmConfig),
    ...behind,
    extension("envoy.filters.http.upstream_codec", `${HTTP_FILTERS}.upstream_codec.v3.UpstreamCodec`),
  ];
}
