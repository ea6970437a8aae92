import { writePairs } from "../abi/header-pairs";
import { sendLocalResponse } from "../abi/host";
import { ByteBuffer, encodeText } from "../bytes/buffer";
import { Failure } from "../canonical/failure";
import { AttemptRecord } from "../clients/client";
import { OpenAiChatClient } from "../clients/openai-chat/index";
import { CONTENT_TYPE, JSON_TYPE } from "./header-names";

const body = new ByteBuffer();
const headers = new ByteBuffer();
const DETAILS = encodeText("modelmux");

/** The protocol of the clients. */
export const CLIENT: OpenAiChatClient = new OpenAiChatClient();

/** Sends an error in the client protocol's envelope. `extraHeaders`: names and values alternate. */
export function sendError(
  failure: Failure,
  attempts: AttemptRecord[] | null,
  extraHeaders: StaticArray<u8>[] | null = null,
): void {
  body.clear(65536);
  CLIENT.writeError(failure, attempts, body);
  sendJson(failure.status == 0 ? 502 : failure.status, body, extraHeaders);
}

/** Sends a JSON body of our own. */
export function sendJson(status: i32, json: ByteBuffer, extraHeaders: StaticArray<u8>[] | null = null): void {
  const pairs: StaticArray<u8>[] = [CONTENT_TYPE, JSON_TYPE];
  if (extraHeaders !== null) {
    for (let index = 0; index < extraHeaders.length; index++) pairs.push(unchecked(extraHeaders[index]));
  }
  headers.clear(4096);
  writePairs(pairs, headers);
  sendLocalResponse(status, DETAILS, json, headers);
}
