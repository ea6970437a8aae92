import { encodeText } from "../bytes/buffer";
import { memberPath } from "./errors";
import { ConfigReader } from "./reader";
import { HeaderSetting } from "./schema";
import { isHeaderName, isHeaderValue } from "./texts";

/** Headers that belong to the connection (RFC 9110, section 7.6.1; RFC 9113, section 8.2.2). */
const CONNECTION_HEADERS: string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Headers that follow from the request that the gateway writes. */
const GATEWAY_HEADERS: string[] = ["accept-encoding", "content-encoding", "content-length", "content-type"];

/** Reads `headers`: what is added to every request to a provider. Names come out in lower case. */
export function parseHeaders(reader: ConfigReader, node: i32, path: string): HeaderSetting[] {
  const settings: HeaderSetting[] = [];
  if (node < 0 || !reader.requireObject(node, path)) return settings;
  const seen = new Set<string>();
  const document = reader.document;
  for (let key = document.first(node); key >= 0; key = document.nextKey(key)) {
    const written = reader.text(key);
    // A whole header line in the name's place may hold a secret, so it is not shown.
    if (!isHeaderName(written.startsWith(":") ? written.substring(1) : written)) {
      reader.errors.add(path, 'holds a name that is no HTTP header name; write { "name": "value" }');
      continue;
    }
    const name = written.toLowerCase();
    const headerPath = memberPath(path, name);
    const problem = findNameProblem(name);
    if (problem.length > 0) reader.errors.add(headerPath, problem);
    if (seen.has(name)) reader.errors.add(headerPath, "stands here twice: upper and lower case are the same");
    seen.add(name);
    const value = reader.value(document.valueOf(key), headerPath);
    if (value === null) continue;
    if (isHeaderValue(value)) settings.push(new HeaderSetting(encodeText(name), encodeText(value)));
    else reader.errors.add(headerPath, "must be printable ASCII without line breaks and without spaces at its ends");
  }
  return settings;
}

/** Why a header cannot be set by the configuration; empty when it can. */
function findNameProblem(name: string): string {
  if (name.startsWith(":")) return "pseudo headers cannot be set here; use providerDomain and providerBasePath";
  if (name == "host") return "cannot be set here; use providerDomain";
  if (CONNECTION_HEADERS.includes(name)) return "belongs to the connection and cannot be set";
  if (GATEWAY_HEADERS.includes(name)) return "is set by the gateway and cannot be set here";
  return "";
}
