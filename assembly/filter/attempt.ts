import { StreamContext } from "../abi/context";
import { Action, BufferType, HeaderMap, LogLevel, StreamType } from "../abi/enums";
import {
  getBufferBytes,
  getProperty,
  HostBytes,
  log,
  replaceBufferPrefix,
  resetStream,
  setHeaderText,
  setProperty,
} from "../abi/host";
import { ByteBuffer, encodeText } from "../bytes/buffer";
import { Failure, FailureReason } from "../canonical/failure";
import { Notice } from "../canonical/notices";
import { redactSecrets } from "../canonical/redact";
import { AttemptTarget, ErrorAnswer } from "../providers/provider";
import { protocolFor } from "../providers/registry";
import { writeAnswerHead } from "./answer-head";
import { AnswerReader } from "./answer-reader";
import { CLUSTER_PROPERTY, FALLBACK_MARK, FALLBACK_MARK_VALUE, PLAN_PROPERTY, RETRY_AFTER } from "./header-names";
import { sendError } from "./local-answer";
import { openAnswer } from "./open-answer";
import { findPlan, Plan } from "./plan";
import { UpstreamHead } from "./upstream-head";
import { UpstreamRequest } from "./upstream-request";

/** Where an attempt stands. */
const enum Phase {
  /** No response yet. */
  Requesting = 0,
  /** The response is no success: its body is gathered. */
  ReadingError = 1,
  /** The response is a success: its body is read. */
  ReadingAnswer = 2,
  /** The answer is complete, or broken and said so: further bytes are dropped. */
  Finished = 3,
}

/** Most bytes of an error body that are read. */
const MAX_ERROR_BYTES: i32 = 65536;

const received = new HostBytes();
const output = new ByteBuffer();
let hasLoggedMissingPlan: bool = false;

/** The attempt filter's view of one try at one target: translates the request, then serves the answer or gives it up for the next target. */
export class AttemptStream extends StreamContext {
  private plan: Plan | null = null;
  private target: AttemptTarget | null = null;
  private request: UpstreamRequest = new UpstreamRequest();
  private phase: Phase = Phase.Requesting;
  private head: UpstreamHead = new UpstreamHead();
  private reader: AnswerReader | null = null;
  /** Made for the first bytes of an error. */
  private errorBody: ByteBuffer | null = null;
  /** Client bytes that wait for the first servable content, while there are any; owned. */
  private held: ByteBuffer | null = null;

  onRequestHeaders(endOfStream: bool): Action {
    getProperty(PLAN_PROPERTY, received);
    const plan = findPlan(received.pointer, received.length);
    received.release();
    if (plan === null) return this.refuseWithoutPlan();
    const previous = plan.currentTarget();
    const target = plan.beginAttempt();
    if (target === null) {
      // Envoy retries on resets of any kind; the gateway filter turns this answer, which is final, into the request's error.
      sendError(plan.lastFailure(), null);
      return Action.Pause;
    }
    this.plan = plan;
    this.target = target;
    const next = plan.nextTarget();
    if (next !== null) {
      // Named before anything can fail: a reset or a timeout leaves no chance to name it later.
      const cluster = next.provider.cluster;
      setProperty(CLUSTER_PROPERTY, changetype<usize>(cluster), cluster.length);
    }
    this.request.writeHead(plan, target, previous);
    return Action.Continue;
  }

  onRequestBody(size: i32, endOfStream: bool): Action {
    if (this.plan === null) return Action.Continue;
    if (!endOfStream) return Action.Pause;
    this.request.writeBody();
    return Action.Continue;
  }

  onRequestTrailers(): Action {
    if (this.plan !== null) this.request.writeBody();
    return Action.Continue;
  }

  private refuseWithoutPlan(): Action {
    if (!hasLoggedMissingPlan) {
      hasLoggedMissingPlan = true;
      log(
        LogLevel.Error,
        "modelmux: the attempt filter found no plan. Put the gateway filter into http_filters of the same listener, with the same vm_id, code and vm_config as the attempt filter.",
      );
    }
    const failure = new Failure();
    failure.set(
      FailureReason.ServerError,
      500,
      "The gateway is not configured correctly; its log says what to fix.",
      "gateway_configuration",
    );
    sendError(failure, null);
    return Action.Pause;
  }

  onResponseHeaders(endOfStream: bool): Action {
    const plan = this.plan;
    const target = this.target;
    if (plan === null || target === null) return Action.Continue;
    const head = this.head;
    head.read(target.provider.secrets);
    if (head.status < 200 || head.status > 299) {
      this.phase = Phase.ReadingError;
      return endOfStream ? this.decideError(plan, target) : Action.Pause;
    }
    if (head.isEncoded) {
      plan.request.notices.note(Notice.EncodedAnswer);
      return this.giveUpWith(plan, "The provider sent a compressed answer although none was asked for.");
    }
    if (endOfStream) return this.giveUpWith(plan, "The provider sent an empty answer.");
    this.phase = Phase.ReadingAnswer;
    this.reader = openAnswer(plan.request, target, head, output);
    return Action.Pause;
  }

  onResponseBody(size: i32, endOfStream: bool): Action {
    const plan = this.plan;
    const target = this.target;
    if (plan === null || target === null) return Action.Continue;
    if (this.phase == Phase.ReadingError) return this.readError(plan, target, size, endOfStream);
    if (this.phase == Phase.ReadingAnswer) return this.readAnswer(plan, size, endOfStream);
    if (size > 0) replaceBufferPrefix(BufferType.ResponseBody, size, 0, 0);
    return Action.Continue;
  }

  onResponseTrailers(): Action {
    const plan = this.plan;
    const target = this.target;
    if (plan === null || target === null) return Action.Continue;
    if (this.phase == Phase.ReadingError) return this.decideError(plan, target);
    if (this.phase != Phase.ReadingAnswer) return Action.Continue;
    const wasCommitted = plan.isCommitted;
    const action = this.readAnswer(plan, i32.MAX_VALUE, true);
    // Nothing can be appended behind a body that has gone out, so a truncated stream is cut: never a clean end.
    if (wasCommitted && plan.brokenBy != FailureReason.None) resetStream(StreamType.Response);
    return action;
  }

  private readError(plan: Plan, target: AttemptTarget, size: i32, endOfStream: bool): Action {
    let body = this.errorBody;
    if (body === null) {
      body = new ByteBuffer();
      this.errorBody = body;
    }
    if (size > 0 && getBufferBytes(BufferType.ResponseBody, size, received)) {
      body.bytes(received.pointer, min(received.length, MAX_ERROR_BYTES - body.length));
      replaceBufferPrefix(BufferType.ResponseBody, received.length, 0, 0);
    }
    received.release();
    if (!endOfStream && body.length < MAX_ERROR_BYTES) return Action.Pause;
    return this.decideError(plan, target);
  }

  private decideError(plan: Plan, target: AttemptTarget): Action {
    const failure = new Failure();
    const protocol = protocolFor(target.provider.type);
    const head = this.head;
    const body = this.errorBody;
    const isReadable = body !== null && !head.isEncoded;
    const pointer: usize = body === null ? 0 : body.pointer;
    const length = body !== null && isReadable ? body.length : 0;
    protocol.readError(new ErrorAnswer(head.status, pointer, length, head.errorType), failure);
    if (failure.retryAfterSeconds > 0 && !head.hasRetryAfter) {
      setHeaderText(HeaderMap.ResponseHeaders, RETRY_AFTER, encodeText(failure.retryAfterSeconds.toString()));
    }
    return this.giveUp(plan, failure);
  }

  private giveUpWith(plan: Plan, message: string): Action {
    const failure = new Failure();
    failure.set(FailureReason.StreamError, 502, message);
    return this.giveUp(plan, failure);
  }

  /** Nothing of this answer goes to the client: on to the next target, or to the gateway filter's final error. */
  private giveUp(plan: Plan, failure: Failure): Action {
    this.phase = Phase.Finished;
    const target = this.target;
    if (target !== null) redactSecrets(failure, target.provider.secrets);
    plan.reportFailure(failure);
    const selection = plan.selection;
    if (selection !== null && selection.policy.allows(failure.reason) && plan.remainingTargets() > 0) {
      setHeaderText(HeaderMap.ResponseHeaders, FALLBACK_MARK, FALLBACK_MARK_VALUE);
    }
    return Action.Continue;
  }

  private readAnswer(plan: Plan, size: i32, endOfStream: bool): Action {
    const reader = this.reader;
    if (reader === null) return Action.Continue;
    if (!reader.isIncremental && !endOfStream) return Action.Pause;
    output.clear(1 << 20);
    if (size > 0) getBufferBytes(BufferType.ResponseBody, size, received);
    const isUnchanged = reader.read(received.pointer, received.length, endOfStream, output);
    const length = received.length;
    if (reader.isTruncated) plan.request.notices.note(Notice.StreamTruncated);
    if (!plan.isCommitted) {
      if (reader.hasFailed) {
        received.release();
        if (length > 0) replaceBufferPrefix(BufferType.ResponseBody, length, 0, 0);
        // Whatever the error inside a 200 says, a route falls back on it by the name `stream-error`; its status stays the error's own.
        reader.failure.reason = FailureReason.StreamError;
        return this.giveUp(plan, reader.failure);
      }
      if (!reader.isServable()) {
        this.hold(isUnchanged);
        if (length > 0) replaceBufferPrefix(BufferType.ResponseBody, length, 0, 0);
        return Action.Pause;
      }
      this.commit(plan, isUnchanged);
    }
    received.release();
    this.send(length, isUnchanged);
    if (reader.isDone || reader.hasFailed || endOfStream) this.finish(plan, reader);
    return Action.Continue;
  }

  /** Keeps what was read or written so far, until something servable comes. */
  private hold(isUnchanged: bool): void {
    const pointer = isUnchanged ? received.pointer : output.pointer;
    const length = isUnchanged ? received.length : output.length;
    let held = this.held;
    if (held === null && length > 0) {
      held = new ByteBuffer();
      this.held = held;
    }
    if (held !== null) held.bytes(pointer, length);
    received.release();
  }

  private commit(plan: Plan, isUnchanged: bool): void {
    const target = this.target;
    if (target !== null) writeAnswerHead(plan, target, this.head, isUnchanged && this.held === null, output.length);
    plan.commit();
  }

  /** Lets the current chunk of `length` bytes go out, behind what was held. */
  private send(length: i32, isUnchanged: bool): void {
    const held = this.held;
    if (held !== null) {
      if (!isUnchanged) held.bytes(output.pointer, output.length);
      replaceBufferPrefix(BufferType.ResponseBody, isUnchanged ? 0 : length, held.pointer, held.length);
      held.free();
      this.held = null;
    } else if (!isUnchanged && (length > 0 || output.length > 0)) {
      replaceBufferPrefix(BufferType.ResponseBody, length, output.pointer, output.length);
    }
  }

  private finish(plan: Plan, reader: AnswerReader): void {
    this.phase = Phase.Finished;
    plan.usage = reader.usage();
    if (reader.isDone) plan.isComplete = true;
    else plan.brokenBy = reader.hasFailed ? reader.failure.reason : FailureReason.StreamError;
    plan.reportCommitted();
    this.releaseAll();
  }

  onDone(): void {
    const plan = this.plan;
    const reader = this.reader;
    if (plan !== null && reader !== null && plan.isCommitted) plan.usage = reader.usage();
  }

  onDelete(): void {
    this.releaseAll();
    this.plan = null;
    this.target = null;
  }

  private releaseAll(): void {
    this.request.free();
    const body = this.errorBody;
    if (body !== null) body.free();
    const held = this.held;
    if (held !== null) held.free();
    this.held = null;
    const reader = this.reader;
    if (reader !== null) reader.free();
    this.reader = null;
  }
}
