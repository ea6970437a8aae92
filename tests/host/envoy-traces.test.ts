import { beforeAll, describe, expect, test } from "vitest";
import { compileProbe } from "./compile-probe";
import { hostOutcome, recordedOutcome, recordedScenarios } from "./probe-scenarios";

/** Here Envoy sends bytes twice; the host refuses the module's deed instead of copying that. */
const REFUSED_HERE = new Set(["continue from body", "continue from body later"]);

let probe: Uint8Array;
beforeAll(async () => {
  probe = await compileProbe();
}, 60_000);

describe("this host does what a real Envoy 1.40 was seen to do", () => {
  const scenarios = recordedScenarios().map((scenario) => [scenario.name, scenario] as const);

  test.each(scenarios.filter(([name]) => !REFUSED_HERE.has(name)))("%s", (_name, scenario) => {
    expect(hostOutcome(probe, scenario)).toEqual(recordedOutcome(scenario));
  });

  test.each(scenarios.filter(([name]) => REFUSED_HERE.has(name)))("%s: refused", (_name, scenario) => {
    expect(() => hostOutcome(probe, scenario)).toThrow("continued and still buffered");
  });
});
