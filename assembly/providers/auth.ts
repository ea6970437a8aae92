import { ByteBuffer, encodeText } from "../bytes/buffer";
import { AttemptTarget, HeaderSink } from "./provider";
import { AuthStyle } from "./provider-type";

const AUTHORIZATION = encodeText("authorization");
const API_KEY = encodeText("x-api-key");
const AZURE_API_KEY = encodeText("api-key");
const GOOGLE_API_KEY = encodeText("x-goog-api-key");

/** All headers that may carry a provider's key: none of them may reach the next provider. */
export const AUTH_HEADERS: StaticArray<u8>[] = [AUTHORIZATION, API_KEY, AZURE_API_KEY, GOOGLE_API_KEY];

/** Sets the header that carries the target's key as the provider type wants it; nothing when the provider has no key. */
export function writeAuth(target: AttemptTarget, headers: HeaderSink): void {
  const token = target.apiToken;
  if (token.length == 0) return;
  switch (target.provider.type.auth) {
    case AuthStyle.Bearer:
      writePrefixed("Bearer ", token, headers);
      return;
    case AuthStyle.DeepL:
      writePrefixed("DeepL-Auth-Key ", token, headers);
      return;
    case AuthStyle.Plain:
      headers.setText(AUTHORIZATION, token);
      return;
    case AuthStyle.ApiKeyHeader:
      headers.setText(API_KEY, token);
      return;
    case AuthStyle.AzureApiKey:
      if (isWebToken(token)) writePrefixed("Bearer ", token, headers);
      else headers.setText(AZURE_API_KEY, token);
      return;
    case AuthStyle.GoogleApiKey:
      headers.setText(GOOGLE_API_KEY, token);
      return;
    default:
  }
}

/**
 * Whether a key is an access token of Microsoft Entra ID and no key of the resource: those are JSON Web Tokens, `eyJ` and two dots, and
 * Azure's keys hold letters and digits only. Source: https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens
 */
function isWebToken(token: StaticArray<u8>): bool {
  if (token.length < 5 || token[0] != 0x65 || token[1] != 0x79 || token[2] != 0x4a) return false;
  let dots = 0;
  for (let index = 0; index < token.length; index++) {
    if (unchecked(token[index]) == 0x2e) dots += 1;
  }
  return dots == 2;
}

const value = new ByteBuffer();

function writePrefixed(prefix: string, token: StaticArray<u8>, headers: HeaderSink): void {
  value.ascii(prefix);
  value.text(token);
  headers.set(AUTHORIZATION, value.pointer, value.length);
  value.free();
}
