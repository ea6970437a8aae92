import { describe, expect, it } from "vitest";
import { countTests, formatCounts, isGreen } from "../../scripts/test";

const file = { status: "passed", assertionResults: [{}] };
const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [file] };

describe("the line that ends a test run", () => {
  it("counts passed, failed and skipped tests", () => {
    expect(formatCounts(countTests(report, 0))).toBe("3 passed, 0 failed");
    const mixed = { ...report, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
    expect(formatCounts(countTests(mixed, 1))).toBe("3 passed, 2 failed, 2 skipped");
  });

  it("counts a file that did not even load", () => {
    const broken = { ...report, testResults: [file, { status: "failed", assertionResults: [] }] };
    expect(formatCounts(countTests(broken, 1))).toBe("3 passed, 1 failed");
  });

  it("counts an error outside of all tests", () => {
    expect(formatCounts(countTests(report, 1))).toBe("3 passed, 1 failed");
  });

  it("is green only when something ran and nothing failed", () => {
    expect(isGreen(countTests(report, 0))).toBe(true);
    expect(isGreen(countTests(report, 1))).toBe(false);
    expect(isGreen({ passed: 0, failed: 0, skipped: 5 })).toBe(false);
    expect(isGreen({ passed: 5, failed: 1, skipped: 0 })).toBe(false);
  });
});
