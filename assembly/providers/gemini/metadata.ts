import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";
import { writeUrlCitation } from "../shared/citations";

const LOGPROBS = new JsonKey("logprobsResult");
const CHOSEN = new JsonKey("chosenCandidates");
const TOP = new JsonKey("topCandidates");
const CANDIDATES = new JsonKey("candidates");
const TOKEN = new JsonKey("token");
const PROBABILITY = new JsonKey("logProbability");
const GROUNDING = new JsonKey("groundingMetadata");
const CHUNKS = new JsonKey("groundingChunks");
const SUPPORTS = new JsonKey("groundingSupports");
const CHUNK_INDICES = new JsonKey("groundingChunkIndices");
const SEGMENT = new JsonKey("segment");
const START = new JsonKey("startIndex");
const END = new JsonKey("endIndex");
const WEB = new JsonKey("web");
const URI = new JsonKey("uri");
const TITLE = new JsonKey("title");

/** Most citations of one answer that are told. */
const MOST_CITATIONS: i32 = 256;

/** Whether a candidate has what the functions below tell. */
export function hasMetadata(document: JsonDocument, candidate: i32): bool {
  return document.findKey(candidate, LOGPROBS) >= 0 || document.findKey(candidate, GROUNDING) >= 0;
}

function writeToken(document: JsonDocument, node: i32, out: ByteBuffer): void {
  const token = document.find(node, TOKEN);
  const probability = document.find(node, PROBABILITY);
  out.ascii('{"token":"');
  out.bytes(document.textPointer(token), document.textLength(token));
  out.ascii('","logprob":');
  if (document.isNumber(probability)) out.bytes(document.rawPointer(probability), document.rawLength(probability));
  else out.byte(0x30);
  out.ascii(',"bytes":null');
}

/** Tells the log probabilities of a candidate's tokens. Source: https://ai.google.dev/api/generate-content#LogprobsResult */
export function tellLogprobs(
  document: JsonDocument,
  candidate: i32,
  choice: i32,
  scratch: ByteBuffer,
  sink: AnswerSink,
): void {
  const result = document.find(candidate, LOGPROBS);
  if (!document.isObject(result)) return;
  let top = document.first(document.find(result, TOP));
  const chosen = document.find(result, CHOSEN);
  for (let node = document.first(chosen); node >= 0; node = document.nextElement(node)) {
    scratch.length = 0;
    writeToken(document, node, scratch);
    scratch.ascii(',"top_logprobs":[');
    const start = scratch.length;
    const alternatives = document.find(top, CANDIDATES);
    for (let other = document.first(alternatives); other >= 0; other = document.nextElement(other)) {
      if (scratch.length > start) scratch.byte(0x2c);
      writeToken(document, other, scratch);
      scratch.byte(0x7d);
    }
    scratch.ascii("]}");
    sink.logprobs(choice, scratch.pointer, scratch.length);
    top = document.nextElement(top);
  }
}

function elementAt(document: JsonDocument, list: i32, index: i64): i32 {
  let node = document.first(list);
  while (node >= 0 && index > 0) {
    node = document.nextElement(node);
    index -= 1;
  }
  return index == 0 ? node : -1;
}

/** Tells one citation; the places are the vendor's, which counts bytes of the text. */
function tellCitation(
  document: JsonDocument,
  chunk: i32,
  segment: i32,
  choice: i32,
  scratch: ByteBuffer,
  sink: AnswerSink,
): void {
  const web = document.find(chunk, WEB);
  const uri = document.find(web, URI);
  if (!document.isString(uri)) return;
  const title = document.find(web, TITLE);
  scratch.length = 0;
  writeUrlCitation(
    document.integer(document.find(segment, START)),
    document.integer(document.find(segment, END)),
    document.textPointer(uri),
    document.textLength(uri),
    document.textPointer(title),
    document.textLength(title),
    scratch,
  );
  sink.annotation(choice, scratch.pointer, scratch.length);
}

/**
 * Tells where a candidate's text was found: what supports a piece of it, else the sources alone.
 * Source: https://ai.google.dev/gemini-api/docs/google-search (attributing sources with inline citations)
 */
export function tellCitations(
  document: JsonDocument,
  candidate: i32,
  choice: i32,
  scratch: ByteBuffer,
  sink: AnswerSink,
): void {
  const grounding = document.find(candidate, GROUNDING);
  if (!document.isObject(grounding)) return;
  const chunks = document.find(grounding, CHUNKS);
  const supports = document.find(grounding, SUPPORTS);
  let left = MOST_CITATIONS;
  if (document.first(supports) < 0) {
    for (let chunk = document.first(chunks); chunk >= 0 && left > 0; chunk = document.nextElement(chunk)) {
      tellCitation(document, chunk, -1, choice, scratch, sink);
      left -= 1;
    }
    return;
  }
  for (let support = document.first(supports); support >= 0; support = document.nextElement(support)) {
    const segment = document.find(support, SEGMENT);
    const indices = document.find(support, CHUNK_INDICES);
    for (let index = document.first(indices); index >= 0 && left > 0; index = document.nextElement(index)) {
      const chunk = elementAt(document, chunks, min(document.integer(index, -1), 1000));
      tellCitation(document, chunk, segment, choice, scratch, sink);
      left -= 1;
    }
  }
}
