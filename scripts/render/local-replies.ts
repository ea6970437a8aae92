/** Replies that Envoy makes before the module's filter sees the request. */
export function renderLocalReplies(): object {
  return {};
}
