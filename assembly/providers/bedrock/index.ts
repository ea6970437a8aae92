import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { encodePercent } from "../../bytes/percent";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { Framing } from "../../sse/frame-decoder";
import { checkRequest } from "../anthropic/check";
import { FormatForm, usesFormatTool } from "../anthropic/plan";
import { writeHostedRequest } from "../anthropic/request";
import { readMessage } from "../anthropic/response";
import { writeAuth } from "../auth";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { checkConverse, checkWithoutUrls } from "./check";
import { readErrorAnswer } from "./errors";
import { InvokeStreamReader } from "./invoke";
import { findFamily } from "./models";
import { ConversePlan } from "./plan";
import { writeConverse } from "./request";
import { readConverse } from "./response";
import { ConverseStreamReader } from "./stream";

const INVOKE = encodeText("invoke");
const ANTHROPIC_VERSION = "bedrock-2023-05-31";
const ACCEPT = encodeText("accept");
const JSON_TYPE = encodeText("application/json");
const EVENT_STREAM_TYPE = encodeText("application/vnd.amazon.eventstream");
/** What we set, and what Envoy's `aws_request_signing` adds behind us beside `authorization`. */
const OWNED_HEADERS: StaticArray<u8>[] = [
  ACCEPT,
  encodeText("x-amz-date"),
  encodeText("x-amz-security-token"),
  encodeText("x-amz-content-sha256"),
];

/** Whether the configuration chose Anthropic's own form of the request, through InvokeModel. */
function usesInvoke(target: AttemptTarget): bool {
  const api = target.provider.setting("bedrockApi");
  return (
    api.length == INVOKE.length && memory.compare(changetype<usize>(api), changetype<usize>(INVOKE), api.length) == 0
  );
}

/**
 * Amazon Bedrock: Converse for all models, or InvokeModel for Claude.
 * Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export class BedrockProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    if (usesInvoke(target)) return checkWithoutUrls(request, failure) && checkRequest(request, failure);
    return checkConverse(request, findFamily(target.model).keepsReasoning, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    out.text(target.provider.basePath);
    out.ascii("/model/");
    encodePercent(changetype<usize>(target.model), target.model.length, out);
    if (usesInvoke(target)) out.ascii(request.stream ? "/invoke-with-response-stream" : "/invoke");
    else out.ascii(request.stream ? "/converse-stream" : "/converse");
  }

  framing(request: CanonicalRequest, target: AttemptTarget): Framing {
    return Framing.AmazonEventStream;
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
    // InvokeModel reads it as the form that the model shall answer in; a client's `text/event-stream` would be wrong there.
    headers.setText(ACCEPT, request.stream ? EVENT_STREAM_TYPE : JSON_TYPE);
  }

  ownedHeaders(): StaticArray<u8>[] {
    return OWNED_HEADERS;
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    if (usesInvoke(target)) writeHostedRequest(request, target, ANTHROPIC_VERSION, out);
    else writeConverse(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    if (usesInvoke(target)) return new InvokeStreamReader(usesFormatTool(request, target), request.notices);
    const plan = new ConversePlan(request, target);
    return new ConverseStreamReader(plan.names, plan.format == FormatForm.Tool, request.notices);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    if (usesInvoke(target)) {
      readMessage(document, usesFormatTool(request, target), sink);
      return;
    }
    const plan = new ConversePlan(request, target);
    readConverse(document, plan.names, plan.format == FormatForm.Tool, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readErrorAnswer(answer, failure);
  }
}
