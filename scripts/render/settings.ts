/** Where and how the rendered Envoy listens, logs and finds the module. */
export interface RenderOptions {
  /** Address of the gateway's listener; default 127.0.0.1. Only a container needs another one. */
  address?: string | undefined;
  /** Port of the gateway; default 8080. */
  port?: number | undefined;
  /** Address of Envoy's admin interface; default 127.0.0.1. It shows everything and has no password: keep it there. */
  adminAddress?: string | undefined;
  /** Port of Envoy's admin interface; default 9901. */
  adminPort?: number | undefined;
  /** Path of the module as Envoy sees it; default build/modelmux.wasm. */
  module?: string | undefined;
  /** File of the JSON access log; default /dev/stdout. */
  logPath?: string | undefined;
  /** PEM file with the certificate authorities to trust; default is where Debian, Ubuntu and Alpine keep it. */
  caPath?: string | undefined;
  /** Plain-text `host:port` per cluster, in place of the vendor over TLS: mocks, or servers of one's own. */
  endpoints?: Record<string, string> | undefined;
  /** File with the access token for clusters of Vertex AI without keys, in Envoy's form of secrets; see docs/decisions/0011. */
  googleTokenFile?: string | undefined;
  /** A first line for the file, without `#`. */
  comment?: string | undefined;
}

/** Options with every default filled in. */
export type RenderSettings = { [Name in keyof RenderOptions]-?: NonNullable<RenderOptions[Name]> };

/** Fills the defaults in. */
export function fillSettings(options: RenderOptions): RenderSettings {
  return {
    address: options.address ?? "127.0.0.1",
    port: options.port ?? 8080,
    adminAddress: options.adminAddress ?? "127.0.0.1",
    adminPort: options.adminPort ?? 9901,
    module: options.module ?? "build/modelmux.wasm",
    logPath: options.logPath ?? "/dev/stdout",
    caPath: options.caPath ?? "/etc/ssl/certs/ca-certificates.crt",
    endpoints: options.endpoints ?? {},
    googleTokenFile: options.googleTokenFile ?? "",
    comment: options.comment ?? "",
  };
}

/** Prefix of Envoy's type URLs. */
export function typeUrl(name: string): string {
  return `type.googleapis.com/${name}`;
}

/** An Envoy extension: a name and a typed configuration. */
export function extension(name: string, type: string, fields: object = {}): object {
  return { name, typed_config: { "@type": typeUrl(type), ...fields } };
}

/** How much Envoy may buffer of one body: the limit itself is the module's to enforce (with its own 413), so Envoy's lies a little above. */
export function bufferLimit(maxBodyBytes: number): number {
  return maxBodyBytes + 1024 * 1024;
}
