import type { HeaderMap } from "./header-map";

/** What Envoy's attributes are computed from (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes). */
export interface StreamFacts {
  requestHeaders: HeaderMap | null;
  responseHeaders: HeaderMap | null;
  /** 0 while there is none. */
  responseCode: number;
  details: string;
  flags: number;
  /** Unix time in ms. */
  startedAt: number;
  now: number;
  requestBytes: number;
  responseBytes: number;
  cluster: string | null;
  upstreamAddress: string | null;
  filterState: ReadonlyMap<string, Uint8Array>;
}

const long = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(Math.round(value)));
  return bytes;
};
const text = (value: string | null | undefined): Uint8Array | null =>
  value === null || value === undefined ? null : Buffer.from(value, "latin1");
const nanoseconds = (milliseconds: number): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(Math.round(milliseconds * 1000)) * 1000n);
  return bytes;
};

function requestProperty(facts: StreamFacts, path: readonly string[]): Uint8Array | null {
  const headers = facts.requestHeaders;
  const fullPath = headers?.get(":path");
  switch (path[1]) {
    case "headers":
      return text(headers?.get(path[2] ?? ""));
    case "path":
      return text(fullPath);
    case "url_path":
      return text(fullPath?.split("?")[0]);
    case "query":
      return text(fullPath === undefined ? null : (fullPath.split("?")[1] ?? ""));
    case "host":
      return text(headers?.get(":authority"));
    case "method":
      return text(headers?.get(":method"));
    case "scheme":
      return text(headers?.get(":scheme"));
    case "useragent":
      return text(headers?.get("user-agent"));
    case "id":
      return text(headers?.get("x-request-id"));
    case "protocol":
      return text("HTTP/1.1");
    case "time":
      return nanoseconds(facts.startedAt);
    case "duration":
      return nanoseconds(facts.now - facts.startedAt);
    case "size":
      return long(facts.requestBytes);
    default:
      return null;
  }
}

function responseProperty(facts: StreamFacts, path: readonly string[]): Uint8Array | null {
  switch (path[1]) {
    case "code":
      return facts.responseCode === 0 ? null : long(facts.responseCode);
    case "code_details":
      return facts.details === "" ? null : text(facts.details);
    case "flags":
      return long(facts.flags);
    case "size":
      return long(facts.responseBytes);
    case "headers":
      return text(facts.responseHeaders?.get(path[2] ?? ""));
    default:
      return null;
  }
}

/** The bytes of a property; null when it is not there (the module hears NotFound). Numbers are 64 bits, times are nanoseconds. */
export function streamProperty(facts: StreamFacts, path: readonly string[]): Uint8Array | null {
  const joined = path.join(".");
  if (path[0] === "request") return requestProperty(facts, path);
  if (path[0] === "response") return responseProperty(facts, path);
  if (joined === "xds.cluster_name" || joined === "cluster_name") return text(facts.cluster);
  if (joined === "upstream.address") return text(facts.upstreamAddress);
  if (joined === "connection.id") return long(1);
  if (joined === "source.address") return text("127.0.0.1:50000");
  if (joined === "destination.address") return text("127.0.0.1:8080");
  if (path[0] === "filter_state") return facts.filterState.get(path[1] ?? "") ?? null;
  return path.length === 1 ? (facts.filterState.get(`wasm.${path[0] ?? ""}`) ?? null) : null;
}
