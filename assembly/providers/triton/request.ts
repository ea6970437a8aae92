import { ByteBuffer } from "../../bytes/buffer";
import { CanonicalRequest } from "../../canonical/request";
import { JsonDocument } from "../../json/document";
import { writeNumber } from "../shared/native-members";
import { writeTranscript } from "../shared/plain-text";
import { writeRaw } from "../shared/values";

/** The only stop sequence; -1 when there are none or several, since parameters are texts, numbers and flags only. */
function singleStop(document: JsonDocument, stop: i32): i32 {
  if (document.isString(stop)) return stop;
  return document.count(stop) == 1 ? document.first(stop) : -1;
}

/**
 * Writes `text_input` with the whole conversation, and `parameters` under the names of vLLM's and TensorRT-LLM's backends. What a model
 * does not know is passed to it as it is. Sources:
 * https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_generate.html and
 * https://github.com/triton-inference-server/vllm_backend#readme
 */
export function writeRequest(request: CanonicalRequest, out: ByteBuffer): void {
  const document = request.document;
  out.ascii('{"text_input":"');
  writeTranscript(request, true, out);
  out.ascii(request.stream ? '","parameters":{"stream":true' : '","parameters":{"stream":false');
  // vLLM's backend would say the prompt once more.
  out.ascii(',"exclude_input_in_output":true');
  writeNumber("max_tokens", document, request.maxTokens, out);
  writeNumber("temperature", document, request.temperature, out);
  writeNumber("top_p", document, request.topP, out);
  writeNumber("top_k", document, request.topK, out);
  writeNumber("seed", document, request.seed, out);
  writeNumber("presence_penalty", document, request.presencePenalty, out);
  writeNumber("frequency_penalty", document, request.frequencyPenalty, out);
  const stop = singleStop(document, request.stop);
  if (document.textLength(stop) > 0) {
    out.ascii(',"stop":');
    writeRaw(document, stop, out);
  }
  out.ascii("}}");
}
