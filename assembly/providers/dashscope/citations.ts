import { ByteBuffer } from "../../bytes/buffer";
import { AnswerSink } from "../../canonical/answer";
import { JsonDocument, JsonKey } from "../../json/document";
import { writeUrlCitation } from "../shared/citations";

const SEARCH_INFO = new JsonKey("search_info");
const SEARCH_RESULTS = new JsonKey("search_results");
const URL = new JsonKey("url");
const TITLE = new JsonKey("title");

/** Most sources of one answer that are told. */
const MOST_SOURCES: i32 = 256;

/**
 * Tells the sources of a search in their order, which is what marks like `[1]` in the text count; false when there are none. The vendor
 * says no places. Source: https://www.alibabacloud.com/help/en/model-studio/web-search (enable_source)
 */
export function tellSources(document: JsonDocument, output: i32, scratch: ByteBuffer, sink: AnswerSink): bool {
  const results = document.find(document.find(output, SEARCH_INFO), SEARCH_RESULTS);
  if (!document.isArray(results)) return false;
  let told = 0;
  for (
    let result = document.first(results);
    result >= 0 && told < MOST_SOURCES;
    result = document.nextElement(result)
  ) {
    const url = document.find(result, URL);
    const title = document.find(result, TITLE);
    if (document.textLength(url) == 0) continue;
    scratch.length = 0;
    writeUrlCitation(
      0,
      0,
      document.textPointer(url),
      document.textLength(url),
      document.textPointer(title),
      document.textLength(title),
      scratch,
    );
    sink.annotation(0, scratch.pointer, scratch.length);
    told += 1;
  }
  return told > 0;
}
