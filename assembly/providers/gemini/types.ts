import { AuthStyle, Protocol, ProviderType } from "../provider-type";

/** The types that speak Gemini's own protocol at Google AI Studio. */
export function listGeminiTypes(): ProviderType[] {
  const gemini = new ProviderType("gemini", Protocol.Gemini);
  gemini.source = "https://ai.google.dev/api/generate-content";
  gemini.host = "generativelanguage.googleapis.com";
  gemini.auth = AuthStyle.GoogleApiKey;
  gemini.keyVariable = "GEMINI_API_KEY";
  return [gemini];
}
