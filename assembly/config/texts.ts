/*
 * Which texts of the plugin JSON may become what. All functions are pure; they take what `ConfigReader` gave.
 */

/** Whether every unit is in the visible ASCII range. */
function isVisibleAscii(text: string): bool {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit <= 0x20 || unit >= 0x7f) return false;
  }
  return true;
}

function isAlphanumeric(unit: i32): bool {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a);
}

/** Whether a text is alphanumeric or made of the given other characters. */
function isMadeOf(text: string, others: string): bool {
  for (let index = 0; index < text.length; index++) {
    if (!isAlphanumeric(text.charCodeAt(index)) && !others.includes(text.charAt(index))) return false;
  }
  return true;
}

/** Whether a text can be a provider's id: 1 to 64 of `[A-Za-z0-9._-]`. */
export function isProviderId(text: string): bool {
  return text.length > 0 && text.length <= 64 && isMadeOf(text, "._-");
}

/** Whether a text can name an Envoy cluster. */
export function isClusterName(text: string): bool {
  return text.length > 0 && text.length <= 255 && isVisibleAscii(text);
}

/** Whether a text can be sent as `:authority`: a host, with or without a port (RFC 3986, section 3.2, without user information). */
export function isAuthority(text: string): bool {
  if (text.length == 0 || text.length > 255) return false;
  const colon = text.lastIndexOf(":");
  const isAddress = text.startsWith("[");
  const hasPort = colon >= 0 && (!isAddress || text.indexOf("]") < colon);
  const host = hasPort ? text.substring(0, colon) : text;
  if (hasPort && !isPort(text.substring(colon + 1))) return false;
  if (isAddress) return host.length > 2 && host.endsWith("]") && isMadeOf(host.substring(1, host.length - 1), ":.");
  return host.length > 0 && isMadeOf(host, ".-_");
}

/** Whether a text is a port number. */
function isPort(text: string): bool {
  if (text.length == 0 || text.length > 5) return false;
  let port = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x30 || unit > 0x39) return false;
    port = port * 10 + (unit - 0x30);
  }
  return port > 0 && port <= 65535;
}

/** Whether a text can begin a request's path: a slash first, no query, no fragment, nothing that needs escaping. */
export function isBasePath(text: string): bool {
  return text.length <= 512 && text.startsWith("/") && isMadeOf(text.substring(1), "/-._~!$&'()*+,;=:@%");
}

/** Whether a text can be a header's name: an HTTP token (RFC 9110, section 5.6.2). */
export function isHeaderName(text: string): bool {
  return text.length > 0 && text.length <= 255 && isMadeOf(text, "!#$%&'*+-.^_`|~");
}

/** Whether a text can be a header's value: printable ASCII, no space at either end. Keeps out line breaks, which would start a new header. */
export function isHeaderValue(text: string): bool {
  if (text.startsWith(" ") || text.endsWith(" ")) return false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit >= 0x7f) return false;
  }
  return true;
}

/** Whether a text can be a model's name: 1 to 256 units and no control characters. */
export function isModelName(text: string): bool {
  if (text.length == 0 || text.length > 256) return false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit == 0x7f) return false;
  }
  return true;
}
