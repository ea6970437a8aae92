import { AuthStyle, Protocol, ProviderType } from "../provider-type";

function bedrockRow(): ProviderType {
  const type = new ProviderType("bedrock", Protocol.Bedrock);
  type.source = "https://docs.aws.amazon.com/general/latest/gr/bedrock.html";
  type.host = "bedrock-runtime.{awsRegion}.amazonaws.com";
  // A Bedrock API key; without one Envoy signs the request.
  type.auth = AuthStyle.Bearer;
  type.keyVariable = "AWS_BEARER_TOKEN_BEDROCK";
  return type;
}

/** The types that speak Bedrock's protocols. */
export function listBedrockTypes(): ProviderType[] {
  return [bedrockRow()];
}
