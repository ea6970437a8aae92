import { ByteBuffer } from "../bytes/buffer";
import { CanonicalRequest, Part, Tool } from "../canonical/request";

/** Writes a canonical request as JSON, so that tests can look at it. */
class RequestDump {
  private isFirst: bool = true;

  constructor(
    private request: CanonicalRequest,
    private out: ByteBuffer,
  ) {}

  open(bracket: u8): void {
    this.out.byte(bracket);
    this.isFirst = true;
  }

  close(bracket: u8): void {
    this.out.byte(bracket);
    this.isFirst = false;
  }

  comma(): void {
    if (!this.isFirst) this.out.byte(0x2c);
    this.isFirst = false;
  }

  name(name: string): void {
    this.comma();
    this.out.byte(0x22);
    this.out.ascii(name);
    this.out.ascii('":');
  }

  /** A node as it is written in the request; left out when there is none. */
  node(name: string, node: i32): void {
    if (node < 0) return;
    this.name(name);
    this.out.bytes(this.request.document.rawPointer(node), this.request.document.rawLength(node));
  }

  number(name: string, value: i32): void {
    this.name(name);
    this.out.decimal(value);
  }

  part(part: Part): void {
    this.comma();
    this.open(0x7b);
    this.number("kind", part.kind);
    this.number("role", part.role);
    this.number("message", part.message);
    if (part.nested) this.number("nested", 1);
    if (part.idFromName) this.number("idFromName", 1);
    this.node("value", part.value);
    this.node("id", part.id);
    this.node("name", part.name);
    this.node("extra", part.extra);
    this.node("cacheControl", part.cacheControl);
    this.close(0x7d);
  }

  tool(tool: Tool): void {
    this.comma();
    this.open(0x7b);
    this.node("name", tool.name);
    this.node("description", tool.description);
    this.node("parameters", tool.parameters);
    this.node("strict", tool.strict);
    this.node("cacheControl", tool.cacheControl);
    this.close(0x7d);
  }
}

function dumpParameters(request: CanonicalRequest, dump: RequestDump): void {
  dump.node("model", request.model);
  dump.number("stream", request.stream ? 1 : 0);
  dump.number("includeUsage", request.includeUsage ? 1 : 0);
  dump.number("toolChoice", request.toolChoice);
  dump.node("toolChoiceName", request.toolChoiceName);
  dump.number("parallelToolCalls", request.parallelToolCalls);
  dump.node("maxTokens", request.maxTokens);
  dump.node("temperature", request.temperature);
  dump.node("topP", request.topP);
  dump.node("topK", request.topK);
  dump.node("presencePenalty", request.presencePenalty);
  dump.node("frequencyPenalty", request.frequencyPenalty);
  dump.node("seed", request.seed);
  dump.number("choices", request.choices);
  dump.node("stop", request.stop);
  dump.node("user", request.user);
  dump.number("responseFormat", request.responseFormat);
  dump.node("schema", request.schema);
  dump.node("schemaName", request.schemaName);
  dump.node("schemaStrict", request.schemaStrict);
  dump.node("schemaDescription", request.schemaDescription);
  dump.node("reasoningEffort", request.reasoningEffort);
  dump.node("thinking", request.thinking);
  dump.node("serviceTier", request.serviceTier);
  dump.node("logprobs", request.logprobs);
  dump.node("topLogprobs", request.topLogprobs);
}

/** Writes the request: numbers for the enums, nodes as they are in the client's bytes. */
export function dumpRequest(request: CanonicalRequest, out: ByteBuffer): void {
  const dump = new RequestDump(request, out);
  dump.open(0x7b);
  dumpParameters(request, dump);
  dump.name("parts");
  dump.open(0x5b);
  for (let index = 0; index < request.parts.length; index++) dump.part(unchecked(request.parts[index]));
  dump.close(0x5d);
  dump.name("tools");
  dump.open(0x5b);
  for (let index = 0; index < request.tools.length; index++) dump.tool(unchecked(request.tools[index]));
  dump.close(0x5d);
  dump.close(0x7d);
}
