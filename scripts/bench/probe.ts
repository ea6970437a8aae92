import { request } from "node:http";
import { type SystemAddress } from "./systems/system";

/** An answer as it came. */
interface RawAnswer {
  status: number;
  text: string;
}

const PATIENCE_MS = 15_000;

/** Sends one request and gives what is wrong with the answer, or null. `texts`: one of them must be in it; null asks only for a 200. */
export async function probe(
  address: SystemAddress,
  body: Buffer,
  texts: string[] | null,
): Promise<{ fatal: string } | { wrong: string } | null> {
  let answer: RawAnswer;
  try {
    answer = await post(address, body);
  } catch (error) {
    return { fatal: `no answer (${error instanceof Error ? error.message : String(error)})` };
  }
  if (answer.status !== 200) return { fatal: `status ${answer.status}: ${answer.text.slice(0, 160)}` };
  if (texts === null) return null;
  const found = readOpenAiText(answer.text);
  if (found === null) return { wrong: `not an OpenAI answer: ${answer.text.slice(0, 120)}` };
  if (!texts.some((text) => isSame(text, found.text)))
    return { wrong: `another text than the provider's: ${found.text.slice(0, 80)}` };
  return found.hasEnd ? null : { wrong: "no [DONE] at the end of the stream" };
}

function isSame(expected: string, found: string): boolean {
  if (expected === found) return true;
  if (!expected.startsWith("{")) return false;
  // A tool's arguments may be written in another way, as long as they say the same.
  try {
    return JSON.stringify(JSON.parse(expected)) === JSON.stringify(JSON.parse(found));
  } catch {
    return false;
  }
}

interface Choice {
  message?: Part;
  delta?: Part;
}

interface Part {
  content?: string | null;
  tool_calls?: { function?: { arguments?: string } }[];
}

function readOpenAiText(answer: string): { text: string; hasEnd: boolean } | null {
  try {
    if (!answer.startsWith("data:") && !answer.startsWith("event:") && !answer.startsWith(":")) {
      return { text: textOf((JSON.parse(answer) as { choices: Choice[] }).choices), hasEnd: true };
    }
    const events = answer.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [line.slice(5).trim()] : []));
    const chunks = events
      .filter((event) => event !== "[DONE]")
      .map((event) => JSON.parse(event) as { choices?: Choice[] });
    return { text: chunks.map((chunk) => textOf(chunk.choices ?? [])).join(""), hasEnd: events.at(-1) === "[DONE]" };
  } catch {
    return null;
  }
}

function textOf(choices: Choice[]): string {
  const part = choices[0]?.message ?? choices[0]?.delta;
  return (part?.content ?? "") + (part?.tool_calls?.[0]?.function?.arguments ?? "");
}

function post(address: SystemAddress, body: Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: address.host,
      "Content-Type": "application/json",
      Accept: "application/json",
      Authorization: "Bearer client-key",
      "Content-Length": body.length,
      ...address.headers,
    };
    const options = {
      host: "127.0.0.1",
      port: address.port,
      path: address.path,
      method: "POST",
      headers,
      agent: false,
    };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error("timeout")));
    sent.on("error", reject);
    sent.end(body);
  });
}
