/*
 * Peer of the JSON leaves in `npm run bench:leaves`: the same bodies through json-as, into classes that are known beforehand, which is
 * its fastest way. Compiled only there, with json-as's own transform; the module itself does not use it.
 */
import { JSON } from "json-as";


@json
class Message {
  role: string = "";
  content: string = "";
}


@json
class ChatRequest {
  model: string = "";
  messages: Message[] = [];
  temperature: f64 = 0;
  top_p: f64 = 0;
  max_tokens: i32 = 0;
  stop: string[] = [];
  user: string = "";
}

let text: string = "";
let request: ChatRequest = new ChatRequest();

export function allocate(size: usize): usize {
  return heap.alloc(size);
}

/** What is needed first: json-as reads the strings of AssemblyScript, and bodies are UTF-8. */
export function decode(pointer: usize, length: i32): void {
  text = String.UTF8.decodeUnsafe(pointer, length);
}

export function parse(): i32 {
  request = JSON.parse<ChatRequest>(text);
  return request.messages.length;
}

export function write(): i32 {
  return String.UTF8.encode(JSON.stringify(request)).byteLength;
}
