import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";
import { writeUrlCitation } from "../shared/citations";

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

/** Tells one source of a citation as OpenAI's `url_citation`; a source without an address is named by its id. */
function tellSource(document: JsonDocument, citation: i32, source: i32, out: ByteBuffer, sink: AnswerSink): void {
  const id = document.find(source, ID);
  let holder = document.find(source, DOCUMENT);
  if (!document.isObject(holder)) holder = document.find(source, TOOL_OUTPUT);
  let url = document.find(holder, URL);
  if (document.textLength(url) == 0) url = id;
  let title = document.find(holder, TITLE);
  if (document.textLength(title) == 0) title = document.find(citation, TEXT);
  out.length = 0;
  writeUrlCitation(
    document.integer(document.find(citation, START)),
    document.integer(document.find(citation, END)),
    document.textPointer(url),
    document.textLength(url),
    document.textPointer(title),
    document.textLength(title),
    out,
  );
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
