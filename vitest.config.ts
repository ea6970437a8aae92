import { defineConfig } from "vitest/config";

/** Starts an Envoy, or many connections: one file at a time, after all others, or they would measure each other. */
const WITH_ENVOY = ["tests/e2e/**/*.test.ts", "tests/**/*.envoy.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["tests/**/*.test.ts"],
          exclude: WITH_ENVOY,
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "envoy",
          include: WITH_ENVOY,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
