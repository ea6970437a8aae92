/*
 * AWS Signature Version 4, as the service verifies it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from "node:crypto";
import type { MockRequest } from "./types";

/** The only access key id that the mock knows; its secret key is the mock's key. */
export const ACCESS_KEY_ID = "AKIDMOCKBEDROCKEXAMPLE";
/** A session token that the mock takes beside the access key. */
export const SESSION_TOKEN = "mock-session-token";

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
/** Headers that have to be signed when they are there. */
const MUST_SIGN = ["host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** Percent-encodes a segment of a path that is already encoded once, as every service but S3 wants it. */
function encodeAgain(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What is wrong with the signature of a request, or null. */
export function checkSignature(request: MockRequest, secretKey: string, region: string): string | null {
  const match = AUTHORIZATION.exec(request.headers["authorization"] ?? "");
  if (!match) return "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.";
  const [, accessKey, day, scopeRegion, service, signedHeaders, signature] = match as unknown as string[];
  if (accessKey !== ACCESS_KEY_ID) return "The security token included in the request is invalid.";
  if (service !== "bedrock") return `Credential should be scoped to correct service: 'bedrock'.`;
  if (scopeRegion !== region) return `Credential should be scoped to a valid region.`;
  const names = signedHeaders!.split(";");
  if (names.join(";") !== [...names].sort().join(";")) return "SignedHeaders must be sorted.";
  const unsigned = MUST_SIGN.find((name) => request.headers[name] !== undefined && !names.includes(name));
  if (unsigned !== undefined) return `'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`;
  const date = request.headers["x-amz-date"] ?? "";
  if (!/^\d{8}T\d{6}Z$/.test(date) || !date.startsWith(day!))
    return "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.";
  const age = Math.abs(Date.now() - Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5")));
  if (!(age < 300_000)) return `Signature expired: ${date}`;
  const token = request.headers["x-amz-security-token"];
  if (token !== undefined && token !== SESSION_TOKEN) return "The security token included in the request is invalid.";
  const payload = sha256(request.body);
  const given = request.headers["x-amz-content-sha256"];
  if (given !== undefined && given !== payload)
    return "The provided 'x-amz-content-sha256' header does not match what was computed.";
  const canonical = [
    request.method,
    request.path.split("/").map(encodeAgain).join("/"),
    request.query.replace(/^\?/, ""),
    ...names.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders,
    payload,
  ].join("\n");
  const scope = `${day}/${scopeRegion}/bedrock/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = [scopeRegion, "bedrock", "aws4_request"].reduce(hmac, hmac(`AWS4${secretKey}`, day!));
  if (hmac(key, text).toString("hex") === signature) return null;
  return "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.";
}
