import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { hmacSha256 } from "../../bytes/hmac";
import { DIGEST_BYTES, sha256, writeHexDigest } from "../../bytes/sha256";
import { AttemptTarget, HeaderSink } from "../provider";

const AUTHORIZATION = encodeText("authorization");
/** The header that carries the time of the signature. */
export const TIMESTAMP = encodeText("x-tc-timestamp");

const digest: usize = memory.data(32, 8);
const key: usize = memory.data(32, 8);
const DAY_SECONDS: i64 = 86400;

function writeTwoDigits(value: i64, out: ByteBuffer): void {
  if (value < 10) out.byte(0x30);
  out.decimal(value);
}

/** Appends the UTC date of a time in Unix seconds, `2019-02-25` (H. Hinnant's civil_from_days). */
function writeDate(seconds: i64, out: ByteBuffer): void {
  const days = max<i64>(seconds, 0) / DAY_SECONDS + 719468;
  const era = days / 146097;
  const dayOfEra = days - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const month = (5 * dayOfYear + 2) / 153;
  const isEarly = month >= 10;
  out.decimal(yearOfEra + era * 400 + (isEarly ? 1 : 0));
  out.byte(0x2d);
  writeTwoDigits(isEarly ? month - 9 : month + 3, out);
  out.byte(0x2d);
  writeTwoDigits(dayOfYear - (153 * month + 2) / 5 + 1, out);
}

/** Appends the digest of bytes in hexadecimal digits. */
function writeDigestOf(pointer: usize, length: i32, out: ByteBuffer): void {
  sha256(pointer, length, digest);
  writeDigest(out);
}

function writeDigest(out: ByteBuffer): void {
  out.reserve(DIGEST_BYTES * 2);
  writeHexDigest(digest, out.pointer + out.length);
  out.length += DIGEST_BYTES * 2;
}

function writeScope(now: i64, out: ByteBuffer): void {
  writeDate(now, out);
  out.ascii("/hunyuan/tc3_request");
}

/** Mixes one more text into the signing key. */
function deriveKey(text: StaticArray<u8>): void {
  hmacSha256(key, DIGEST_BYTES, changetype<usize>(text), text.length, key);
}

const SERVICE = encodeText("hunyuan");
const TERMINATOR = encodeText("tc3_request");

/** The signing key of a day: the secret, mixed with the date, the service and a fixed word. */
function makeKey(secret: StaticArray<u8>, now: i64, scratch: ByteBuffer): void {
  scratch.length = 0;
  writeDate(now, scratch);
  const date = scratch.length;
  scratch.ascii("TC3");
  scratch.text(secret);
  hmacSha256(scratch.pointer + date, scratch.length - date, scratch.pointer, date, key);
  deriveKey(SERVICE);
  deriveKey(TERMINATOR);
  // The secret must not lie around in memory that others get.
  memory.fill(scratch.pointer, 0, scratch.length);
}

/**
 * Signs a request as Tencent Cloud's API 3.0 wants it (TC3-HMAC-SHA256) and sets the two headers that depend on body and time.
 * Source: https://cloud.tencent.com/document/api/1729/101843
 */
export function signRequest(target: AttemptTarget, body: usize, length: i32, now: i64, headers: HeaderSink): void {
  const scratch = new ByteBuffer();
  const text = new ByteBuffer();
  text.ascii("POST\n/\n\ncontent-type:application/json\nhost:");
  text.text(target.provider.authority);
  text.ascii("\n\ncontent-type;host\n");
  writeDigestOf(body, length, text);
  scratch.ascii("TC3-HMAC-SHA256\n");
  scratch.decimal(now);
  scratch.byte(0x0a);
  writeScope(now, scratch);
  scratch.byte(0x0a);
  writeDigestOf(text.pointer, text.length, scratch);
  text.length = 0;
  makeKey(target.provider.setting("hunyuanAuthKey"), now, text);
  hmacSha256(key, DIGEST_BYTES, scratch.pointer, scratch.length, digest);
  text.length = 0;
  text.ascii("TC3-HMAC-SHA256 Credential=");
  text.text(target.provider.setting("hunyuanAuthId"));
  text.byte(0x2f);
  writeScope(now, text);
  text.ascii(", SignedHeaders=content-type;host, Signature=");
  writeDigest(text);
  headers.set(AUTHORIZATION, text.pointer, text.length);
  text.length = 0;
  text.decimal(now);
  headers.set(TIMESTAMP, text.pointer, text.length);
  memory.fill(key, 0, DIGEST_BYTES);
  text.free();
  scratch.free();
}
