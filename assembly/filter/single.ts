import { StreamContext } from "../abi/context";
import { Action } from "../abi/enums";
import { readProperty } from "../abi/host";
import { encodeText, equalsText } from "../bytes/buffer";
import { AttemptStream } from "./attempt";
import { GatewayStream } from "./gateway";
import { CODE_DETAILS_PROPERTY } from "./header-names";
import { GatewayState } from "./plugin";

/** Envoy's word for a response that came from the provider; everything else is an answer of Envoy's own. */
const VIA_UPSTREAM = encodeText("via_upstream");

/**
 * One-filter mode, for hosts that have no place for the attempt filter: both halves run in the HTTP filter chain, for the first target of
 * the route. The host's own route chooses the cluster, and fallback is the host's.
 */
export class SingleStream extends StreamContext {
  private gateway: GatewayStream;
  private attempt: AttemptStream = new AttemptStream();
  private hasAttempt: bool = false;

  constructor(id: i32, state: GatewayState) {
    super();
    this.gateway = new GatewayStream(id, state);
  }

  onRequestHeaders(endOfStream: bool): Action {
    return this.begin(this.gateway.onRequestHeaders(endOfStream), 0, endOfStream);
  }

  onRequestBody(size: i32, endOfStream: bool): Action {
    return this.begin(this.gateway.onRequestBody(size, endOfStream), size, endOfStream);
  }

  onRequestTrailers(): Action {
    return this.begin(this.gateway.onRequestTrailers(), i32.MAX_VALUE, true);
  }

  /** Once the gateway half has planned the request, its headers are still held: the attempt half edits them and the body. */
  private begin(action: Action, size: i32, endOfStream: bool): Action {
    if (action != Action.Continue || !endOfStream || !this.gateway.isRouted) return action;
    this.hasAttempt = true;
    const head = this.attempt.onRequestHeaders(false);
    if (head != Action.Continue) return head;
    return this.attempt.onRequestBody(size, true);
  }

  onResponseHeaders(endOfStream: bool): Action {
    if (!this.hasAttempt || !isFromProvider()) return this.gateway.onResponseHeaders(endOfStream);
    return this.answer(this.attempt.onResponseHeaders(endOfStream));
  }

  onResponseBody(size: i32, endOfStream: bool): Action {
    return this.hasAttempt ? this.answer(this.attempt.onResponseBody(size, endOfStream)) : Action.Continue;
  }

  onResponseTrailers(): Action {
    return this.hasAttempt ? this.answer(this.attempt.onResponseTrailers()) : Action.Continue;
  }

  /** When the attempt gave up, the gateway half says so to the client. */
  private answer(action: Action): Action {
    return action == Action.Continue ? this.gateway.onResponseHeaders(false) : action;
  }

  onLog(): void {
    this.gateway.onLog();
  }

  onDone(): void {
    this.attempt.onDone();
    this.gateway.onDone();
  }

  onDelete(): void {
    this.attempt.onDelete();
    this.gateway.onDelete();
  }
}

function isFromProvider(): bool {
  const details = readProperty(CODE_DETAILS_PROPERTY);
  return equalsText(changetype<usize>(details), details.length, VIA_UPSTREAM);
}
