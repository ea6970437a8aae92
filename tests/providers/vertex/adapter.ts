import { validateVertexRequest } from "../../mocks/vertex-validate";
import { adapter as anthropic } from "../anthropic/adapter";
import type { ProtocolAdapter } from "../suite/adapter";
import {
  GOOGLE_ERRORS,
  readGenerateContent,
  writeGenerated,
  writeGeneratedError,
  writeGeneratedStream,
  writeNothing,
} from "../gemini/speech";

const provider = { vertexProjectId: "my-project", vertexRegion: "us-central1" };

/** Vertex AI for the shared suite: Gemini's protocol; Claude there is tested in claude.test.ts. */
export const adapter: ProtocolAdapter = {
  name: "vertex",
  title: "Vertex AI (Gemini)",
  target: { type: "vertex", model: "gemini-2.5-pro", provider },
  corpusTargets: [
    { type: "vertex", model: "gemini-3.1-pro-preview", provider: { ...provider, vertexRegion: "global" } },
    { type: "vertex", model: "gemini-2.5-flash" },
    { type: "vertex", model: "claude-sonnet-4-5@20250929", provider },
  ],
  unsupported: {},
  refusals: [
    { message: /^Unsupported file/, reason: "File ids of other vendors: Google knows its own files only." },
    { message: /\bn\b/, reason: "More than 8 choices (`n`), or more than 1 with Claude: the API gives no more." },
    { message: /audio/i, reason: "Audio input with Claude: the model has no word for it." },
  ],
  validate: (request) => validateVertexRequest(request.path, request.headers, request.text),
  readRequest: (request) =>
    request.path.includes("/publishers/anthropic/") ? anthropic.readRequest(request) : readGenerateContent(request),
  writeAnswer: writeGenerated,
  writeStream: writeGeneratedStream,
  writeErrorStream: writeGeneratedError,
  writeEmptyAnswer: writeNothing,
  errors: GOOGLE_ERRORS,
};
