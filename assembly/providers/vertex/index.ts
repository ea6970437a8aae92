import { ByteBuffer, encodeText } from "../../bytes/buffer";
import { findText } from "../../bytes/find";
import { AnswerSink } from "../../canonical/answer";
import { Failure } from "../../canonical/failure";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { checkRequest as checkMessages } from "../anthropic/check";
import { usesFormatTool as usesClaudeFormatTool } from "../anthropic/plan";
import { writeHostedRequest } from "../anthropic/request";
import { readMessage } from "../anthropic/response";
import { AnthropicStreamReader } from "../anthropic/stream";
import { writeAuth } from "../auth";
import { checkModel, checkRequest } from "../gemini/check";
import { writeModelPath } from "../gemini/index";
import { RequestPlan } from "../gemini/plan";
import { writeRequest } from "../gemini/request";
import { readResponse } from "../gemini/response";
import { GeminiStreamReader } from "../gemini/stream";
import { AttemptTarget, ErrorAnswer, HeaderSink, ProviderProtocol, StreamReader } from "../provider";
import { reject } from "../shared/checks";
import { readVertexError } from "./errors";

const CLAUDE = encodeText("claude");
/** Source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude */
const CLAUDE_VERSION = "vertex-2023-10-16";

function isClaude(target: AttemptTarget): bool {
  return findText(changetype<usize>(target.model), target.model.length, CLAUDE) >= 0;
}

/** Whether the provider names a project; without one it is express mode, where the key says whose it is. */
function hasProject(target: AttemptTarget): bool {
  return target.provider.setting("vertexProjectId").length > 0;
}

/**
 * Vertex AI: Gemini by `generateContent`, Claude by `rawPredict`; the model's name says which.
 * Sources: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference and
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude
 */
export class VertexProtocol extends ProviderProtocol {
  check(request: CanonicalRequest, target: AttemptTarget, failure: Failure): bool {
    if (!checkModel(target, failure)) return false;
    if (!isClaude(target)) return checkRequest(request, failure, false);
    if (!hasProject(target)) {
      return reject(
        failure,
        "Claude on Vertex AI needs a project: set vertexProjectId and vertexRegion of the provider.",
        "model",
      );
    }
    return checkMessages(request, failure);
  }

  writePath(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    const provider = target.provider;
    out.text(provider.basePath);
    out.byte(0x2f);
    if (provider.apiVersion.length > 0) out.text(provider.apiVersion);
    else out.ascii("v1");
    if (hasProject(target)) {
      out.ascii("/projects/");
      out.text(provider.setting("vertexProjectId"));
      out.ascii("/locations/");
      out.text(provider.setting("vertexRegion"));
    }
    if (!isClaude(target)) {
      out.ascii("/publishers/google");
      writeModelPath(request, target, out);
      return;
    }
    out.ascii("/publishers/anthropic/models/");
    out.text(target.model);
    out.ascii(request.stream ? ":streamRawPredict" : ":rawPredict");
  }

  writeHeaders(request: CanonicalRequest, target: AttemptTarget, headers: HeaderSink): void {
    writeAuth(target, headers);
  }

  writeBody(request: CanonicalRequest, target: AttemptTarget, out: ByteBuffer): void {
    if (isClaude(target)) writeHostedRequest(request, target, CLAUDE_VERSION, out, true);
    else writeRequest(request, target, out);
  }

  openStream(request: CanonicalRequest, target: AttemptTarget): StreamReader {
    if (isClaude(target)) return new AnthropicStreamReader(usesClaudeFormatTool(request, target), request.notices);
    return new GeminiStreamReader(new RequestPlan(request, target), request.notices);
  }

  readAnswer(document: JsonDocument, request: CanonicalRequest, target: AttemptTarget, sink: AnswerSink): void {
    if (isClaude(target)) readMessage(document, usesClaudeFormatTool(request, target), sink);
    else readResponse(document, new RequestPlan(request, target), request.notices, sink);
  }

  readError(answer: ErrorAnswer, failure: Failure): void {
    readVertexError(answer.status, answer.body, answer.length, failure);
  }
}
