import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One recorded exchange: what the client sent, what went upstream, what came back, and what the client got. */
export interface Fixture {
  name: string;
  request: string;
  upstreamRequest: string;
  isStream: boolean;
  upstreamResponse: string;
  response: string;
}

/** Reads all fixtures of a folder: `<case>/{request,upstream-request,upstream-response,response}.{json,sse}`; a stream may come as `.ndjson`. */
export function readFixtures(folder: string): Fixture[] {
  return readdirSync(folder).map((name) => {
    const read = (file: string) => readFileSync(join(folder, name, file), "utf8");
    const streamed = ["sse", "ndjson"].find((each) => existsSync(join(folder, name, `upstream-response.${each}`)));
    // What the client gets may have another form than what the vendor sends.
    const response = existsSync(join(folder, name, "response.sse")) ? "response.sse" : "response.json";
    return {
      name,
      request: read("request.json"),
      upstreamRequest: read("upstream-request.json"),
      isStream: streamed !== undefined,
      upstreamResponse: read(`upstream-response.${streamed ?? "json"}`),
      response: read(response),
    };
  });
}
