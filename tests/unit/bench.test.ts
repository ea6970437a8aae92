import { describe, expect, it } from "vitest";
import { wasmMemoryOf } from "../../scripts/bench/accounting";
import { makeAnswers, PROTOCOLS } from "../../scripts/bench/answers";
import { writeAwsFrame } from "../../scripts/bench/aws-frame";
import { Random } from "../../scripts/bench/random";
import { writeReport } from "../../scripts/bench/report";
import { makeRequestBody, packRequests, type RequestShape } from "../../scripts/bench/requests";
import { median, mergeResults, type BenchResults, type WorkResult } from "../../scripts/bench/results";
import { judgeTargets } from "../../scripts/bench/targets";
import { renameExport } from "../../scripts/bench/wasm-export";
import { WORKS } from "../../scripts/bench/works";

describe("bodies", () => {
  const shapes: RequestShape[] = [
    { bytes: 1024, stream: false, content: "chat" },
    { bytes: 100 * 1024, stream: true, content: "chat" },
    { bytes: 1024 * 1024, stream: false, content: "image" },
    { bytes: 2048, stream: false, content: "tools" },
  ];

  it.each(shapes)("are JSON of about the size that was asked for: $bytes $content", (shape) => {
    const random = new Random(3);
    const sizes: number[] = [];
    for (let turn = 0; turn < 12; turn++) {
      const body = makeRequestBody(random, shape, "m");
      const value = JSON.parse(body.toString()) as { model: string; stream?: boolean; messages: { role: string }[] };
      expect(value.model).toBe("m");
      expect(value.stream === true).toBe(shape.stream);
      expect(value.messages.at(-1)?.role).toBe("user");
      sizes.push(body.length);
    }
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean / shape.bytes).toBeGreaterThan(0.75);
    expect(mean / shape.bytes).toBeLessThan(shape.content === "tools" ? 2 : 1.6);
  });

  it("are the same for one seed and others for another", () => {
    const make = (seed: number): string => makeRequestBody(new Random(seed), shapes[0]!, "m").toString();
    expect(make(5)).toBe(make(5));
    expect(make(5)).not.toBe(make(6));
  });

  it("are packed as whole requests behind their lengths", () => {
    const bodies = [Buffer.from('{"a":1}'), Buffer.from('{"ü":2}')];
    const packed = packRequests(bodies, { path: "/p", host: "h", headers: { "x-own": "1" } });
    let at = 0;
    for (const body of bodies) {
      const length = packed.readUInt32LE(at);
      const request = packed.subarray(at + 4, at + 4 + length).toString();
      expect(request).toMatch(/^POST \/p HTTP\/1\.1\r\nHost: h\r\n/);
      expect(request).toContain(`\r\nx-own: 1\r\nContent-Length: ${body.length}\r\n\r\n${body.toString()}`);
      at += 4 + length;
    }
    expect(at).toBe(packed.length);
  });
});

describe("answers", () => {
  it("of a stream have the number of events that was asked for, in every protocol", () => {
    const { bytes } = makeAnswers(new Random(1), { kind: "stream", events: 54 });
    const counts = new Map<number, number[]>();
    let at = 4;
    for (let record = 0; record < bytes.readUInt32LE(0); record++) {
      const [kind, pieces] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
      counts.set(kind, [...(counts.get(kind) ?? []), pieces]);
      at += 8 + 4 * pieces + bytes.readUInt32LE(at + 8 + 4 * (pieces - 1));
    }
    expect(at).toBe(bytes.length);
    PROTOCOLS.forEach((_, kind) => expect(new Set(counts.get(kind))).toEqual(new Set([54])));
    expect(counts.get(4)).toEqual([1]);
  });

  it("of Bedrock are frames with right lengths", () => {
    const frame = writeAwsFrame("messageStop", { stopReason: "end_turn" });
    expect(frame.readUInt32BE(0)).toBe(frame.length);
    const headers = frame.readUInt32BE(4);
    expect(frame.subarray(12 + headers, frame.length - 4).toString()).toBe('{"stopReason":"end_turn"}');
  });
});

describe("results", () => {
  const work = (id: string, ratio: number): WorkResult => ({
    id,
    title: id,
    events: 0,
    measuredAt: "",
    commit: "c",
    seed: 1,
    systems: {
      bare: { perSecond: 100, ratio: 1, cpuUs: 50, latencyUs: distribution(200) },
      modelmux: { perSecond: 100 * ratio, ratio, cpuUs: 50 / ratio, latencyUs: distribution(300) },
      native: { perSecond: 20, ratio: 0.2, wrong: "no | [DONE]" },
      higress: { absent: "does not do this" },
    },
  });
  const distribution = (p50: number): Required<WorkResult["systems"][string]>["latencyUs"] => ({
    samples: 1,
    p50,
    p90: p50,
    p99: p50,
    p999: p50,
    max: p50,
  });
  const results = (works: WorkResult[], commit = "c"): BenchResults => ({
    schema: 1,
    commit,
    seed: 1,
    finishedAt: "2026-11-24T12:00:00Z",
    machine: { processor: "p", cores: 2, memoryGb: 1, kernel: "k", node: "v20", pinning: "none" },
    systems: ["bare", "modelmux", "native", "higress"].map((id) => ({
      id,
      title: `<${id}>`,
      version: "1",
      absent: null,
    })),
    works,
  });

  it("have the middle as median", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it("are merged by row, of one commit only", () => {
    const before = results([work("a-1k-c16", 0.1), work("o-1k-c16", 0.2)]);
    const merged = mergeResults(before, results([work("a-1k-c16", 0.5)]));
    expect(merged.works.map(({ id, systems }) => [id, systems["modelmux"]?.ratio])).toEqual([
      ["a-1k-c16", 0.5],
      ["o-1k-c16", 0.2],
    ]);
    expect(mergeResults(before, results([work("a-1k-c16", 0.5)], "d")).works).toHaveLength(1);
  });

  it("are judged by the targets, and what was not measured is said to be", () => {
    const verdicts = judgeTargets(results([work("a-1k-c16", 0.5), work("o-1k-c16", 0.49), work("a-1k-c1", 0.5)]));
    const find = (text: string): string | undefined => verdicts.find(({ what }) => what.includes(text))?.verdict;
    expect(find("OpenAI -> Anthropic, 1 KB")).toBe("met");
    expect(find("same protocol, 1 KB")).toBe("missed");
    expect(find("latency added")).toBe("met");
    expect(find("paced")).toBe("not measured");
    expect(verdicts[0]?.bestPeer).toContain("0.20");
  });

  it("make a page with every row and what went wrong", () => {
    const page = writeReport(results([work("a-1k-c16", 0.5)]));
    expect(page).toContain("50 (0.50)");
    expect(page).toContain("no | [DONE]");
    expect(page).toContain("**missed**".replace("missed", "not measured"));
  });

  it("name each row once", () => {
    const ids = WORKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("Wasm memory", () => {
  it("is what is readable in front of addresses that V8 only reserves", () => {
    const maps = [
      "6d3a3fe00000-6d3a40000000 rw-p 00000000 00:00 0 ",
      "7f06b6f30000-7f06b6f90000 rw-p 00000000 00:00 0 ",
      "7f06b6f90000-7f08b6f3c000 ---p 00000000 00:00 0 ",
      "7f08b6f3c000-7f08b6f4c000 r--p 00000000 00:00 0                          [vvar]",
      "7f0b18f40000-7f0b18fb0000 rw-p 00000000 00:00 0 ",
      "7f0b18fb0000-7f0d18f4c000 ---p 00000000 00:00 0 ",
      "7f0e00000000-7f0e10000000 ---p 00000000 00:00 0 ",
      "7f0e10000000-7f0e30000000 rwxp 00000000 00:00 0 ",
    ].join("\n");
    expect(wasmMemoryOf(maps)).toBe(384 + 448);
    expect(wasmMemoryOf("")).toBe(0);
  });
});

describe("a module's export", () => {
  it("gets another name, and the module stays valid", async () => {
    const name = `long_${"x".repeat(200)}`;
    const bytes = makeModule(name);
    const renamed = renameExport(bytes, name, "short");
    const module = await WebAssembly.compile(new Uint8Array(renamed!));
    expect(WebAssembly.Module.exports(module)).toEqual([{ name: "short", kind: "function" }]);
    expect(renameExport(bytes, "other", "short")).toBeNull();
  });

  /** One function that returns 7, under a name of 205 letters, whose length takes two bytes. */
  function makeModule(name: string): Buffer {
    const exported = Buffer.concat([Buffer.from([1, 0xcd, 0x01]), Buffer.from(name), Buffer.from([0, 0])]);
    return Buffer.concat([
      Buffer.from("0061736d01000000", "hex"),
      Buffer.from([1, 5, 1, 0x60, 0, 1, 0x7f, 3, 2, 1, 0]),
      Buffer.from([7, (exported.length & 0x7f) | 0x80, exported.length >> 7]),
      exported,
      Buffer.from([10, 6, 1, 4, 0, 0x41, 7, 0x0b]),
    ]);
  }
});
