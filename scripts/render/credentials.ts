import { Protocol } from "../../assembly/providers/provider-type";
import { UserError } from "../support/failure";
import { findType } from "../support/provider-types";
import type { ProviderCluster } from "./plugin";
import { extension } from "./settings";
import { HTTP_FILTERS } from "./wasm-filter";

const REFERENCE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
/** The variables from which Envoy's own provider of credentials reads. */
const AWS_VARIABLES = { awsAccessKey: "AWS_ACCESS_KEY_ID", awsSecretKey: "AWS_SECRET_ACCESS_KEY" } as const;

/** The filters that add a cluster's credentials behind the module; none when the module sets a key itself. */
export function renderCredentialFilters(cluster: ProviderCluster): object[] {
  if (findType(cluster.type)?.protocol === Protocol.Bedrock && !cluster.hasTokens) return [renderSigning(cluster)];
  return [];
}

/**
 * Envoy signs each attempt when path and body are final. Credentials come from where AWS's own programs look for them, or from the
 * two variables; no secret is written into the file that the plugin JSON does not show anyway.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/aws_request_signing_filter
 */
function renderSigning(cluster: ProviderCluster): object {
  const region = readRegion(cluster);
  const provider = renderCredentialProvider(cluster);
  return extension(
    "envoy.filters.http.aws_request_signing",
    `${HTTP_FILTERS}.aws_request_signing.v3.AwsRequestSigning`,
    { service_name: "bedrock", region, ...(provider === null ? {} : { credential_provider: provider }) },
  );
}

function renderCredentialProvider(cluster: ProviderCluster): object | null {
  const accessKey = readMember(cluster, "awsAccessKey");
  const secretKey = readMember(cluster, "awsSecretKey");
  // AWS's default chain: environment, files, web identity, container, instance.
  if (accessKey === null && secretKey === null) return null;
  if (accessKey === null || secretKey === null) {
    throw new UserError(`plugin JSON: ${cluster.path}: awsAccessKey and awsSecretKey need each other`);
  }
  const isReference = [accessKey, secretKey].map((text) => REFERENCE.test(text));
  if (!isReference[0] && !isReference[1]) {
    return { inline_credential: { access_key_id: accessKey, secret_access_key: secretKey } };
  }
  for (const [member, variable] of Object.entries(AWS_VARIABLES)) {
    if (readMember(cluster, member) === `\${${variable}}`) continue;
    throw new UserError(
      `plugin JSON: ${cluster.path}.${member}: Envoy signs, and reads ${variable} only: write "\${${variable}}", or leave both keys out and let AWS's chain (profile, role, container) give them`,
    );
  }
  return { custom_credential_provider_chain: true, environment_credential_provider: {} };
}

/** The region to sign for, variables filled in: Envoy's configuration has no place for them. */
function readRegion(cluster: ProviderCluster): string {
  const region = (readMember(cluster, "awsRegion") ?? "").replace(
    /\$\{(\w+)\}/g,
    (whole, name: string) => process.env[name] ?? whole,
  );
  if (/^[a-z0-9-]+$/.test(region)) return region;
  throw new UserError(
    region === ""
      ? `plugin JSON: ${cluster.path}.awsRegion: is missing; requests are signed for a region`
      : `plugin JSON: ${cluster.path}.awsRegion: "${region}" is no region; a variable must be set while rendering`,
  );
}

function readMember(cluster: ProviderCluster, name: string): string | null {
  const value = cluster.members[name];
  return typeof value === "string" && value !== "" ? value : null;
}
