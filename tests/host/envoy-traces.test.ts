import { beforeAll, describe, expect, test } from "vitest";
import { compileProbe } from "./compile-probe";
import { hostOutcome, recordedOutcome, recordedScenarios } from "./probe-scenarios";

let probe: Uint8Array;
beforeAll(async () => {
  probe = await compileProbe();
}, 60_000);

describe("this host does what a real Envoy 1.40 was seen to do", () => {
  test.each(recordedScenarios().map((scenario) => [scenario.name, scenario] as const))("%s", (_name, scenario) => {
    expect(hostOutcome(probe, scenario)).toEqual(recordedOutcome(scenario));
  });
});
