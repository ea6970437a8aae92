/*
 * Provider types as data. This file is also imported by the Node programs in `scripts/` (they need the hosts), so it keeps to the
 * part of the language that AssemblyScript and TypeScript share: no pointers, no decorators, no integer overflow.
 */

/** The wire protocol that a provider type speaks. */
export enum Protocol {
  OpenAi = 0,
  Anthropic = 1,
}

/** How a provider type wants its key. */
export enum AuthStyle {
  /** `authorization: Bearer KEY` */
  Bearer = 0,
  /** `x-api-key: KEY` */
  ApiKeyHeader = 1,
}

/** A kind of provider: everything that differs between vendors of one protocol. */
export class ProviderType {
  /** The vendor's page that says so. */
  source: string = "";
  /** The vendor's host, TLS on port 443; empty when every user has an own one. */
  host: string = "";
  /** Path before the API's own, without a slash at the end. */
  basePath: string = "";
  auth: AuthStyle = AuthStyle.Bearer;
  /** Environment variable that usually holds the key. */
  keyVariable: string = "";
  /** Whether the server knows the role `developer` (else it is sent as `system`). */
  acceptsDeveloperRole: bool = false;
  /** Whether the server knows `stream_options.include_usage`. */
  acceptsStreamOptions: bool = true;
  /** Whether the server knows `max_completion_tokens` (else it is sent as `max_tokens`). */
  acceptsMaxCompletionTokens: bool = false;
  /** Top-level request members that the server rejects, removed before sending. */
  rejectedMembers: string[] = [];
  /** Whether `reasoning_content` in the history makes the server answer 400. */
  rejectsReasoningHistory: bool = false;

  constructor(
    public name: string,
    public protocol: Protocol,
  ) {}

  /** A type that stands for "not set". */
  static none(): ProviderType {
    return new ProviderType("", Protocol.OpenAi);
  }
}
