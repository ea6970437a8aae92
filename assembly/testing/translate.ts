import "./abort";
import { AnthropicProtocol } from "../providers/anthropic/index";
import { ByteBuffer } from "../bytes/buffer";
import { JsonDocument } from "../json/document";
import { CanonicalRequest } from "../canonical/request";
import { AttemptTarget } from "../providers/provider";
import { ProviderConfig } from "../config/schema";
import { Failure } from "../canonical/failure";
export function t(): void {
  const p = new AnthropicProtocol();
  const r = new CanonicalRequest(new JsonDocument());
  const a = new AttemptTarget(new ProviderConfig(), new StaticArray<u8>(0));
  const o = new ByteBuffer();
  if (p.check(r, a, new Failure())) p.writeBody(r, a, o);
  p.openStream(r, a);
  p.readError(1, 0, 0, new Failure());
}
