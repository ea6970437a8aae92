import { ByteBuffer } from "../bytes/buffer";
import { Failure } from "../canonical/failure";

/** Bytes of a secret that are enough to recognise it, also when a provider quotes it with stars in its middle. */
const RECOGNISED_PREFIX: i32 = 6;

const scratch = new ByteBuffer();

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

function redact(text: StaticArray<u8>, secret: StaticArray<u8>): StaticArray<u8> {
  const prefix = min(secret.length, RECOGNISED_PREFIX);
  if (prefix == 0 || text.length < prefix) return text;
  const start = changetype<usize>(text);
  let isFound = false;
  scratch.clear(65536);
  let index = 0;
  while (index < text.length) {
    if (index + prefix <= text.length && memory.compare(start + index, changetype<usize>(secret), prefix) == 0) {
      isFound = true;
      scratch.ascii("[redacted]");
      while (index < text.length && !endsSecret(load<u8>(start + index))) index += 1;
      continue;
    }
    scratch.byte(load<u8>(start + index));
    index += 1;
  }
  return isFound ? scratch.toText() : text;
}

/** White space, quotes, brackets, separators and a backslash (the texts are the insides of JSON strings) end a quoted key. */
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
