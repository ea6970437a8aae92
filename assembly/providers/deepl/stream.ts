import { AnswerSink } from "../../canonical/answer";
import { StreamReader } from "../provider";
import { failNotJson, failTruncated } from "../shared/errors";

/** DeepL never streams: what calls itself a stream is none. */
export class NoStreamReader extends StreamReader {
  event(name: usize, nameLength: i32, data: usize, dataLength: i32, sink: AnswerSink): void {
    failNotJson(sink);
  }
  end(sink: AnswerSink): void {
    failTruncated(sink);
  }
  free(): void {}
}
