import { Protocol, ProviderType } from "../provider-type";

/** The types that speak Triton's generate extension; every user has an own server (`tritonDomain`). */
export function listTritonTypes(): ProviderType[] {
  const type = new ProviderType("triton", Protocol.Triton);
  type.source =
    "https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html";
  return [type];
}
