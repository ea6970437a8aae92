import { findBytes } from "../bytes/find";
import { ByteBuffer } from "../bytes/buffer";
import { unescapeInto } from "../json/read";
import { escapeInto } from "../json/write";
import { Failure } from "./failure";

/** Bytes of a secret that are enough to recognise it, also when a provider quotes it with stars in its middle. */
const RECOGNISED_PREFIX: i32 = 6;

const plain = new ByteBuffer();
const redacted = new ByteBuffer();
const escaped = new ByteBuffer();

/** Takes every trace of the secrets out of a failure's texts: providers like to quote the key that they refuse. */
export function redactSecrets(failure: Failure, secrets: StaticArray<u8>[]): void {
  for (let index = 0; index < secrets.length; index++) {
    const secret = unchecked(secrets[index]);
    failure.message = redact(failure.message, secret);
    failure.code = redact(failure.code, secret);
    failure.type = redact(failure.type, secret);
    failure.param = redact(failure.param, secret);
  }
}

/** Whether bytes hold the beginning of one of the secrets. */
export function holdsSecret(pointer: usize, length: i32, secrets: StaticArray<u8>[]): bool {
  for (let index = 0; index < secrets.length; index++) {
    const secret = unchecked(secrets[index]);
    if (secret.length > 0 && findSecret(pointer, length, secret) >= 0) return true;
  }
  return false;
}

/** Offset of the first bytes that look like the secret, or -1. */
function findSecret(pointer: usize, length: i32, secret: StaticArray<u8>): i32 {
  return findBytes(pointer, length, changetype<usize>(secret), min(secret.length, RECOGNISED_PREFIX));
}

/** Looks at what a client would read, since an escape such as `\u002d` would hide a key from a look at the bytes. */
function redact(text: StaticArray<u8>, secret: StaticArray<u8>): StaticArray<u8> {
  if (secret.length == 0 || text.length == 0) return text;
  unescapeInto(changetype<usize>(text), text.length, plain);
  const isFound = findSecret(plain.pointer, plain.length, secret) >= 0;
  const clean = isFound ? withoutSecret(secret) : text;
  plain.free();
  return clean;
}

/** The text in `plain` with every trace of the secret replaced, as the inside of a JSON string. */
function withoutSecret(secret: StaticArray<u8>): StaticArray<u8> {
  let index = 0;
  while (index < plain.length) {
    const found = findSecret(plain.pointer + index, plain.length - index, secret);
    const clean = found < 0 ? plain.length - index : found;
    redacted.bytes(plain.pointer + index, clean);
    index += clean;
    if (found < 0) break;
    redacted.ascii("[redacted]");
    while (index < plain.length && !endsSecret(load<u8>(plain.pointer + index))) index += 1;
  }
  escapeInto(redacted.pointer, redacted.length, escaped);
  const text = escaped.toText();
  redacted.free();
  escaped.free();
  return text;
}

/** White space, quotes, brackets, separators and a backslash end a quoted key. */
function endsSecret(byte: u8): bool {
  switch (byte) {
    case 0x20:
    case 0x22:
    case 0x27:
    case 0x28:
    case 0x29:
    case 0x2c:
    case 0x3b:
    case 0x3c:
    case 0x3e:
    case 0x5b:
    case 0x5c:
    case 0x5d:
    case 0x60:
    case 0x7b:
    case 0x7d:
      return true;
    default:
      return false;
  }
}
