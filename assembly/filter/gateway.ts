import { StreamContext } from "../abi/context";
import { Action, BufferType, HeaderMap } from "../abi/enums";
import { HeaderPairs } from "../abi/header-pairs";
import { getBufferBytes, readProperty, setHeader, setHeaderText, setProperty } from "../abi/host";
import { ByteBuffer, copyToText, decodeText, encodeText } from "../bytes/buffer";
import { Failure, FailureReason, reasonForStatus } from "../canonical/failure";
import { Notice } from "../canonical/notices";
import { writeModel, writeModelList } from "../clients/openai-chat/models";
import { FallbackPolicy } from "../config/schema";
import { Selection } from "../routing/select";
import { ClientHead, Endpoint, readDecimal } from "./client-head";
import {
  ALLOW,
  ANSWER_ATTEMPTS,
  ANSWER_MODEL,
  ANSWER_PROVIDER,
  ANSWER_ROUTE,
  ATTEMPT_TIMEOUT,
  CLUSTER_PROPERTY,
  CODE_DETAILS_PROPERTY,
  CONTENT_TYPE,
  FALLBACK_MARK,
  isName,
  JSON_TYPE,
  isKeptOnError,
  MAX_RETRIES,
  PLAN_PROPERTY,
  REQUEST_TIMEOUT,
  RETRIABLE_HEADER_NAMES,
  RETRY_ON,
  STATUS,
} from "./header-names";
import { sendError, sendJson } from "./local-answer";
import { Plan, planKeyLength, registerPlan, unregisterPlan } from "./plan";
import { planRequest } from "./planning";
import { GatewayState } from "./plugin";
import { countRequest, logRequest } from "./report";

const NO_RETRY_ON = encodeText("retriable-headers");
const RESET_RETRY_ON = encodeText("retriable-headers,connect-failure,refused-stream,reset");
const POST = encodeText("POST");
const GET = encodeText("GET");

/** Of the request whose headers are read now. */
const head = new ClientHead();
const pairs = new HeaderPairs();
const scratch = new ByteBuffer();
/** Why the request that is read now is refused. */
const failure = new Failure();

/** The gateway filter's view of one request: reads and checks it, plans it, and has the last word when every target failed. */
export class GatewayStream extends StreamContext {
  private plan: Plan;
  /** Whether the request reached this filter. */
  private hasBegun: bool = false;
  /** Whether the body is awaited. */
  private awaitsBody: bool = false;
  /** Whether the request went on to the router. */
  isRouted: bool = false;
  /** Whether this filter has sent an answer of its own. */
  private hasAnswered: bool = false;
  /** Why the gateway refused the request, `None` while it has not. */
  private refusedBy: FailureReason = FailureReason.None;
  /** Whether this answer is the gateway's own and is no chat request (models). */
  private isUncounted: bool = false;

  constructor(
    private id: i32,
    private state: GatewayState,
  ) {
    super();
    this.plan = new Plan(state.metrics);
  }

  onRequestHeaders(endOfStream: bool): Action {
    this.hasBegun = true;
    head.read();
    if (head.endpoint == Endpoint.Models || head.endpoint == Endpoint.Model) return this.answerModels();
    if (head.endpoint != Endpoint.ChatCompletions) {
      return this.refuseWith(
        FailureReason.NotFound,
        404,
        "Unknown request URL. This gateway serves /v1/chat/completions and /v1/models.",
        "unknown_url",
      );
    }
    if (!head.isPost) {
      return this.refuseWith(
        FailureReason.BadRequest,
        405,
        "Not allowed to use this method here. Use POST.",
        "method_not_supported",
        [ALLOW, POST],
      );
    }
    if (head.isEncoded) {
      return this.refuseWith(
        FailureReason.BadRequest,
        415,
        "Unsupported content-encoding. Send the request body uncompressed.",
        "unsupported_content_encoding",
      );
    }
    if (!head.isJson) {
      return this.refuseWith(
        FailureReason.BadRequest,
        415,
        "Unsupported content-type. Send the request body as application/json.",
        "unsupported_content_type",
      );
    }
    if (head.contentLength > this.state.config.maxBodyBytes) return this.refuseTooLarge();
    this.awaitsBody = true;
    this.plan.clientAuthority = head.authority;
    this.plan.hasPlainPath = head.hasPlainPath;
    this.plan.hasPlainType = head.hasPlainType;
    this.plan.clientLength = head.contentLength;
    if (endOfStream) return this.planBody(0);
    return Action.Pause;
  }

  onRequestBody(size: i32, endOfStream: bool): Action {
    if (!this.awaitsBody) return this.isRouted ? Action.Continue : Action.Pause;
    if (size > this.state.config.maxBodyBytes) {
      this.awaitsBody = false;
      return this.refuseTooLarge();
    }
    return endOfStream ? this.planBody(size) : Action.Pause;
  }

  onRequestTrailers(): Action {
    return this.awaitsBody ? this.planBody(i32.MAX_VALUE) : Action.Continue;
  }

  private answerModels(): Action {
    this.isUncounted = true;
    if (!head.isGet) {
      return this.refuseWith(
        FailureReason.BadRequest,
        405,
        "Not allowed to use this method here. Use GET.",
        "method_not_supported",
        [ALLOW, GET],
      );
    }
    scratch.clear(65536);
    if (head.endpoint == Endpoint.Models) {
      writeModelList(this.state.config, this.state.configuredAt, scratch);
    } else {
      const name = head.modelName;
      if (!writeModel(this.state.config, changetype<usize>(name), name.length, this.state.configuredAt, scratch)) {
        return this.refuseWith(
          FailureReason.NotFound,
          404,
          "The model does not exist or is not served here.",
          "model_not_found",
          null,
          "model",
        );
      }
    }
    this.hasAnswered = true;
    sendJson(200, scratch);
    return Action.Pause;
  }

  /** Answers with `failure`. */
  private refuse(headers: StaticArray<u8>[] | null = null): Action {
    this.awaitsBody = false;
    this.refusedBy = failure.reason;
    this.hasAnswered = true;
    this.plan.releaseRequest();
    sendError(failure, null, headers);
    return Action.Pause;
  }

  private refuseWith(
    reason: FailureReason,
    status: i32,
    message: string,
    code: string,
    headers: StaticArray<u8>[] | null = null,
    param: string = "",
  ): Action {
    failure.reset();
    failure.set(reason, status, message, code, param);
    return this.refuse(headers);
  }

  private refuseTooLarge(): Action {
    return this.refuseWith(
      FailureReason.BadRequest,
      413,
      "The request body is larger than this gateway accepts.",
      "request_too_large",
    );
  }

  /** Reads the whole body once, plans the request, and hands it to Envoy's router. */
  private planBody(size: i32): Action {
    this.awaitsBody = false;
    const plan = this.plan;
    if (size > 0) getBufferBytes(BufferType.RequestBody, size, plan.body);
    failure.reset();
    if (!planRequest(plan, this.state, failure)) return this.refuse();
    const selection = plan.selection;
    const first = plan.nextTarget();
    if (selection === null || first === null) return this.refuse();
    const key = registerPlan(this.id, plan);
    setProperty(PLAN_PROPERTY, key, planKeyLength());
    const cluster = first.provider.cluster;
    setProperty(CLUSTER_PROPERTY, changetype<usize>(cluster), cluster.length);
    this.setRetryPolicy(selection);
    this.isRouted = true;
    return Action.Continue;
  }

  private setRetryPolicy(selection: Selection): void {
    const policy = selection.policy;
    this.setTimeouts(policy, selection.targets.length == 1);
    // Without a second target there is no retry: nothing asks for one.
    if (selection.targets.length == 1) return;
    setHeaderNumber(MAX_RETRIES, selection.targets.length - 1);
    const retryOnReset = policy.allows(FailureReason.Connect) || policy.allows(FailureReason.Timeout);
    setHeaderText(HeaderMap.RequestHeaders, RETRY_ON, retryOnReset ? RESET_RETRY_ON : NO_RETRY_ON);
    setHeaderText(HeaderMap.RequestHeaders, RETRIABLE_HEADER_NAMES, FALLBACK_MARK);
  }

  /**
   * Envoy ends an attempt, and the whole request, by these. The time of a request counts until the end of its answer, that of an attempt
   * until its head goes on: for the one attempt at a whole answer, which goes on at its end, the request's is enough.
   */
  private setTimeouts(policy: FallbackPolicy, isSingle: bool): void {
    const attempt = min(this.plan.attemptTimeoutMs(), policy.timeoutMs);
    if (isSingle && !this.plan.request.stream) {
      setHeaderNumber(REQUEST_TIMEOUT, attempt);
      return;
    }
    setHeaderNumber(REQUEST_TIMEOUT, policy.timeoutMs);
    setHeaderNumber(ATTEMPT_TIMEOUT, attempt);
  }

  onResponseHeaders(endOfStream: bool): Action {
    if (this.plan.isCommitted || (this.hasAnswered && isOwnAnswer())) return Action.Continue;
    return this.answerFailure();
  }

  /** No target could serve, or Envoy refused the request by itself: answers with the first target's error and the list of all attempts. */
  private answerFailure(): Action {
    const plan = this.plan;
    const headers: StaticArray<u8>[] = [];
    let status = 0;
    if (pairs.read(HeaderMap.ResponseHeaders)) {
      while (pairs.next()) {
        if (isName(pairs.namePointer, pairs.nameLength, STATUS)) {
          status = <i32>readDecimal(pairs.valuePointer, pairs.valueLength);
        } else if (isKeptOnError(pairs.namePointer, pairs.nameLength)) {
          headers.push(copyToText(pairs.namePointer, pairs.nameLength));
          headers.push(copyToText(pairs.valuePointer, pairs.valueLength));
        }
      }
    }
    pairs.release();
    if (plan.isAttemptOpen()) plan.reportInterruption(reasonOfEnvoy(status), status);
    const target = plan.currentTarget();
    if (target !== null) {
      headers.push(ANSWER_PROVIDER);
      headers.push(target.provider.id);
      headers.push(ANSWER_MODEL);
      headers.push(target.model);
    }
    if (plan.route.length > 0) {
      headers.push(ANSWER_ROUTE);
      headers.push(plan.route);
    }
    headers.push(ANSWER_ATTEMPTS);
    headers.push(decimalText(plan.attempts));
    let failure: Failure;
    if (plan.records.length > 0) {
      failure = plan.records[0].failure;
    } else {
      failure = describeEnvoyAnswer(status);
      this.refusedBy = failure.reason;
    }
    this.hasAnswered = true;
    plan.releaseRequest();
    sendError(failure, plan.records, headers);
    return Action.Pause;
  }

  onLog(): void {
    if (this.hasBegun) logRequest(this.plan, this.outcome());
  }

  onDone(): void {
    const plan = this.plan;
    if (!this.hasBegun || this.isUncounted) return;
    const outcome = this.outcome();
    if (plan.isCommitted) {
      const isCut = !plan.isComplete && plan.brokenBy == FailureReason.None;
      if (isCut && outcome == FailureReason.StreamError) plan.request.notices.note(Notice.StreamTruncated);
      plan.brokenBy = outcome;
      plan.reportCommitted();
    } else if (plan.isAttemptOpen()) plan.reportInterruption(FailureReason.Cancelled, 499);
    countRequest(plan, outcome);
  }

  /** The request's outcome as far as it is known; changes nothing. */
  private outcome(): FailureReason {
    const plan = this.plan;
    if (plan.isCommitted) return plan.isComplete || plan.brokenBy != FailureReason.None ? plan.brokenBy : reasonOfCut();
    if (this.refusedBy != FailureReason.None || this.isUncounted) return this.refusedBy;
    if (plan.isAttemptOpen() || plan.records.length == 0) return FailureReason.Cancelled;
    return plan.records[plan.records.length - 1].failure.reason;
  }

  onDelete(): void {
    if (this.isRouted) unregisterPlan(this.id);
    this.plan.releaseRequest();
  }
}

function setHeaderNumber(name: StaticArray<u8>, value: i64): void {
  scratch.clear(65536);
  scratch.decimal(value);
  setHeader(HeaderMap.RequestHeaders, name, scratch.pointer, scratch.length);
}

function decimalText(value: i64): StaticArray<u8> {
  scratch.clear(65536);
  scratch.decimal(value);
  return scratch.toText();
}

/** Why Envoy itself answered while an attempt was under way. */
function reasonOfEnvoy(status: i32): FailureReason {
  if (status == 504 || status == 408) return FailureReason.Timeout;
  if (status == 503 || status == 502) return FailureReason.Connect;
  return reasonForStatus(status);
}

/**
 * Whether the answer on its way is ours. A chunk that overflows Envoy's buffer makes Envoy prepare its own 413 before our filter
 * sees the chunk and refuses it as well; the first answer wins then, and it is plain text.
 */
function isOwnAnswer(): bool {
  let isOwn = false;
  if (pairs.read(HeaderMap.ResponseHeaders)) {
    while (!isOwn && pairs.next()) {
      isOwn =
        isName(pairs.namePointer, pairs.nameLength, CONTENT_TYPE) &&
        isName(pairs.valuePointer, pairs.valueLength, JSON_TYPE);
    }
  }
  pairs.release();
  return isOwn;
}

/** What an answer of Envoy's own means when no attempt was made. */
function describeEnvoyAnswer(status: i32): Failure {
  const failure = new Failure();
  if (status == 413) {
    failure.set(
      FailureReason.BadRequest,
      status,
      "The request body is larger than this gateway accepts.",
      "request_too_large",
    );
  } else if (status == 408) {
    failure.set(FailureReason.Timeout, status, "The request did not arrive in time.");
  } else if (status >= 400 && status < 500) {
    failure.set(reasonForStatus(status), status, "The gateway refused the request.");
  } else {
    failure.set(reasonOfEnvoy(status), status, "The gateway could not reach the provider.");
  }
  return failure;
}

/** Whether a transfer that was cut was left by the client or lost by the provider. */
function reasonOfCut(): FailureReason {
  const details = decodeText(readProperty(CODE_DETAILS_PROPERTY));
  return details.includes("downstream") ? FailureReason.Cancelled : FailureReason.StreamError;
}
