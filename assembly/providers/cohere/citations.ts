import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";

const START = new JsonKey("start");
const END = new JsonKey("end");
const TEXT = new JsonKey("text");
const SOURCES = new JsonKey("sources");
const DOCUMENT = new JsonKey("document");
const TOOL_OUTPUT = new JsonKey("tool_output");
const ID = new JsonKey("id");
const URL = new JsonKey("url");
const TITLE = new JsonKey("title");
const TYPE = new JsonKey("type");
const TEXT_CONTENT = new JsonKey("TEXT_CONTENT");

function writeText(name: string, document: JsonDocument, node: i32, fallback: i32, out: ByteBuffer): void {
  const found = document.textLength(node) > 0 ? node : fallback;
  out.ascii(name);
  out.bytes(document.textPointer(found), document.textLength(found));
  out.byte(0x22);
}

/** Tells one source of a citation as OpenAI's `url_citation`; a source without an address is named by its id. */
function tellSource(document: JsonDocument, citation: i32, source: i32, out: ByteBuffer, sink: AnswerSink): void {
  const id = document.find(source, ID);
  let holder = document.find(source, DOCUMENT);
  if (!document.isObject(holder)) holder = document.find(source, TOOL_OUTPUT);
  out.length = 0;
  out.ascii('{"type":"url_citation","url_citation":{"start_index":');
  out.decimal(max(document.integer(document.find(citation, START)), 0));
  out.ascii(',"end_index":');
  out.decimal(max(document.integer(document.find(citation, END)), 0));
  writeText(',"url":"', document, document.find(holder, URL), id, out);
  writeText(',"title":"', document, document.find(holder, TITLE), document.find(citation, TEXT), out);
  out.ascii("}}");
  sink.annotation(0, out.pointer, out.length);
}

/**
 * Tells a citation, one annotation for each of its sources. Citations of what the client does not see as text (thinking, the plan of a
 * tool call) have no place in `annotations`. Source: https://docs.cohere.com/docs/rag-citations
 */
export function tellCitation(document: JsonDocument, citation: i32, sink: AnswerSink): void {
  if (!document.isObject(citation)) return;
  const type = document.find(citation, TYPE);
  if (document.isString(type) && !document.equals(type, TEXT_CONTENT)) return;
  const out = new ByteBuffer();
  const sources = document.find(citation, SOURCES);
  for (let source = document.first(sources); source >= 0; source = document.nextElement(source)) {
    tellSource(document, citation, source, out, sink);
  }
  out.free();
}
