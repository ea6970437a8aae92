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
  writeAuthAs(target.provider.type.auth, target, headers);
}

/** The same for types whose way depends on more than the type. */
export function writeAuthAs(style: AuthStyle, target: AttemptTarget, headers: HeaderSink): void {
  const token = target.apiToken;
  if (token.length == 0) return;
  switch (style) {
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
      headers.setText(AZURE_API_KEY, token);
      return;
    case AuthStyle.GoogleApiKey:
      headers.setText(GOOGLE_API_KEY, token);
      return;
    default:
  }
}

function writePrefixed(prefix: string, token: StaticArray<u8>, headers: HeaderSink): void {
  const value = new ByteBuffer();
  value.ascii(prefix);
  value.text(token);
  headers.set(AUTHORIZATION, value.pointer, value.length);
  value.free();
}
