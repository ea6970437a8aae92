/** Any parsed JSON value; `undefined` for a member that is not there. */
export type Json = undefined | null | boolean | number | string | Json[] | { [name: string]: Json };

/** Carries a rejection out of the nested checks. */
export class InvalidRequest extends Error {
  constructor(
    message: string,
    readonly status = 400,
    readonly type = "invalid_request_error",
  ) {
    super(message);
  }
}

/** Rejects with 400 `invalid_request_error`. */
export function rejectRequest(message: string): never {
  throw new InvalidRequest(message);
}

/** Whether a value is a JSON object. */
export function isRecord(value: Json): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as text for messages and comparisons: strings as they are, everything else as JSON. */
export function show(value: Json): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}

/** Whether a value is a whole number. */
export function isInteger(value: Json): value is number {
  return typeof value === "number" && Number.isInteger(value);
}

/** Rejects members that the vendor does not know; `cache_control` is checked on the way. */
export function onlyMembers(value: { [name: string]: Json }, names: string[], path: string): void {
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) rejectRequest(`${path}.${name}: Extra inputs are not permitted`);
  }
  const cache = value["cache_control"];
  if (cache === undefined || cache === null) return;
  if (!isRecord(cache) || cache["type"] !== "ephemeral") {
    rejectRequest(`${path}.cache_control.type: Input tag found does not match any of the expected tags: 'ephemeral'`);
  }
  onlyMembers(cache, ["type", "ttl"], `${path}.cache_control`);
  if (cache["ttl"] !== undefined && cache["ttl"] !== "5m" && cache["ttl"] !== "1h") {
    rejectRequest(`${path}.cache_control.ttl: Input should be '5m' or '1h'`);
  }
}

/** Rejects a text that is missing, empty or only white space; `where` is `messages` or `system`. */
export function requireText(text: Json, where: string): string {
  if (typeof text !== "string") rejectRequest(`${where}: text: Input should be a valid string`);
  if (text === "") rejectRequest(`${where}: text content blocks must be non-empty`);
  if (text.trim() === "") rejectRequest(`${where}: text content blocks must contain non-whitespace text`);
  return text;
}

/** Number of cache breakpoints anywhere below the values, tool schemas excluded. */
export function countCacheControl(...roots: Json[]): number {
  let count = 0;
  const open: Json[] = [...roots];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...value);
    if (!isRecord(value)) continue;
    if (isRecord(value["cache_control"])) count += 1;
    for (const [name, member] of Object.entries(value)) {
      if (name !== "input_schema" && name !== "input" && name !== "cache_control") open.push(member);
    }
  }
  return count;
}
