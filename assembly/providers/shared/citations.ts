import { ByteBuffer } from "../../bytes/buffer";

/**
 * Writes a citation in OpenAI's form, an annotation of the kind `url_citation`. Address and title are insides of JSON strings; places are
 * 0 where the vendor tells the source only.
 */
export function writeUrlCitation(
  start: i64,
  end: i64,
  url: usize,
  urlLength: i32,
  title: usize,
  titleLength: i32,
  out: ByteBuffer,
): void {
  out.ascii('{"type":"url_citation","url_citation":{"start_index":');
  out.decimal(max(start, 0));
  out.ascii(',"end_index":');
  out.decimal(max(end, 0));
  out.ascii(',"url":"');
  out.bytes(url, urlLength);
  out.ascii('","title":"');
  out.bytes(title, titleLength);
  out.ascii('"}}');
}
