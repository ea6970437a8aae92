import { validateGeminiRequest } from "../../mocks/gemini-validate";
import type { ProtocolAdapter } from "../suite/adapter";
import {
  GOOGLE_ERRORS,
  readGenerateContent,
  writeGenerated,
  writeGeneratedError,
  writeGeneratedStream,
  writeNothing,
} from "./speech";

/** Gemini at Google AI Studio for the shared suite. */
export const adapter: ProtocolAdapter = {
  name: "gemini",
  title: "Gemini (generateContent)",
  target: { type: "gemini", model: "gemini-2.5-flash" },
  corpusTargets: [
    "gemini-2.0-flash",
    "gemini-2.5-pro",
    "gemini-2.5-flash-lite",
    "gemini-3-pro-preview",
    "gemini-3-flash-preview",
    "gemini-3.8-flash",
  ].map((model) => ({ type: "gemini", model })),
  unsupported: {},
  refusals: [
    { message: /^Unsupported file/, reason: "File ids of other vendors: Google knows its own files only." },
    { message: /\bn\b/, reason: "More than 8 choices (`n`): the API gives at most 8 candidates." },
  ],
  validate: (request) => validateGeminiRequest(request.path, request.headers, request.text),
  readRequest: readGenerateContent,
  writeAnswer: writeGenerated,
  writeStream: writeGeneratedStream,
  writeErrorStream: writeGeneratedError,
  writeEmptyAnswer: writeNothing,
  errors: GOOGLE_ERRORS,
};
