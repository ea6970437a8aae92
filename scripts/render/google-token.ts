import { Protocol } from "../../assembly/providers/provider-type";
import { findType } from "../support/provider-types";
import type { ProviderCluster } from "./plugin";
import { extension } from "./settings";
import { HTTP_FILTERS } from "./wasm-filter";

/** Name of the secret in the file of `--google-token`. */
export const GOOGLE_TOKEN = "google-token";

/**
 * The filter that adds an OAuth access token to the requests of a Vertex AI cluster for which the module has no key. The token stands in
 * a file in Envoy's form of secrets; Envoy reads it again whenever another file takes its place, so that a program outside can renew the
 * token, which Google lets live for an hour. Envoy cannot fetch it itself: Google knows no client credentials for service accounts, and
 * `gcp_authn` gets identity tokens. See docs/decisions/0011.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/credential_injector_filter
 */
export function renderGoogleToken(cluster: ProviderCluster, tokenFile: string): object[] {
  const needsToken = findType(cluster.type)?.protocol === Protocol.Vertex && !cluster.hasTokens;
  if (tokenFile === "" || !needsToken) return [];
  const credential = extension(
    "envoy.http.injected_credentials.generic",
    "envoy.extensions.http.injected_credentials.generic.v3.Generic",
    {
      credential: {
        name: GOOGLE_TOKEN,
        sds_config: { path_config_source: { path: tokenFile }, resource_api_version: "V3" },
      },
      header_value_prefix: "Bearer ",
    },
  );
  const injector = `${HTTP_FILTERS}.credential_injector.v3.CredentialInjector`;
  return [extension("envoy.filters.http.credential_injector", injector, { overwrite: true, credential })];
}
