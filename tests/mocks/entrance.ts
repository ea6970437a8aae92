import type { MockRequest } from "./types";

/** How a vendor wants its key: `authorization: Bearer KEY`, `x-api-key: KEY` or `x-goog-api-key: KEY`. */
type KeyStyle = "bearer" | "api-key" | "google-key";
const KEY_HEADERS: Record<KeyStyle, string> = {
  bearer: "authorization",
  "api-key": "x-api-key",
  "google-key": "x-goog-api-key",
};

/** Headers that other vendors want; one that arrives here was left over from an earlier attempt, or leaks a secret. */
const FOREIGN_HEADERS: Record<KeyStyle, RegExp> = {
  bearer: /^(x-api-key|anthropic-.*|api-key|x-goog-.*|x-amz-.*|x-modelmux-.*)$/,
  "api-key": /^(authorization|api-key|x-goog-.*|x-amz-.*|x-dashscope-.*|openai-.*|x-modelmux-.*)$/,
  "google-key": /^(authorization|x-api-key|anthropic-.*|api-key|x-amz-.*|x-dashscope-.*|openai-.*|x-modelmux-.*)$/,
};

/** What the door of an API says before anybody looks at the body. */
export type Refusal =
  | { reason: "foreign-header"; header: string }
  | { reason: "repeated-header"; header: string }
  | { reason: "no-key" }
  | { reason: "bad-key-form" }
  | { reason: "wrong-key"; key: string }
  | { reason: "content-type"; contentType: string }
  | { reason: "content-encoding"; encoding: string };

/** Checks headers that every request must or must not have. Order as at the vendors: key first, then the body's form. */
export function checkHeaders(request: MockRequest, style: KeyStyle, key: string): Refusal | null {
  const { headers } = request;
  for (const header of Object.keys(headers)) {
    if (
      FOREIGN_HEADERS[style].test(header) &&
      !(style === "api-key" && header === "authorization" && headers[header] === "")
    ) {
      return { reason: "foreign-header", header };
    }
  }
  const repeated = request.repeatedHeaders.find((header) =>
    ["authorization", "x-api-key", "x-goog-api-key", "content-type", "anthropic-version"].includes(header),
  );
  if (repeated) return { reason: "repeated-header", header: repeated };
  const given = headers[KEY_HEADERS[style]];
  if (given === undefined || given === "") return { reason: "no-key" };
  if (style === "bearer" && !/^Bearer \S+$/.test(given)) return { reason: "bad-key-form" };
  const presented = style === "bearer" ? given.slice("Bearer ".length) : given;
  if (presented !== key) return { reason: "wrong-key", key: presented };
  const contentType = headers["content-type"] ?? "";
  if (!/^application\/json\s*(;.*)?$/i.test(contentType)) return { reason: "content-type", contentType };
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") return { reason: "content-encoding", encoding };
  return null;
}

/** Words for what the vendors have no words for: these refusals exist to catch a gateway's mistakes. */
export function describeLeak(refusal: Refusal): string {
  if (refusal.reason === "foreign-header") return `Header '${refusal.header}' does not belong at this vendor.`;
  if (refusal.reason === "repeated-header") return `Header '${refusal.header}' was sent more than once.`;
  if (refusal.reason === "content-encoding") return `Content encoding '${refusal.encoding}' is not supported.`;
  return "Bad request headers.";
}

/** The last four characters of a key, as vendors show it. */
export function maskKey(key: string): string {
  return `${"*".repeat(Math.max(0, key.length - 4))}${key.slice(-4)}`;
}

/** The body as JSON, or undefined: strict UTF-8, no byte order mark. */
export function parseBody(body: Buffer): { value: unknown } | null {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body)) };
  } catch {
    return null;
  }
}
