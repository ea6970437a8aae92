import { describe, expect, test } from "vitest";
import { projectPath } from "../../../scripts/support/project";
import { listAdapterFolders, listProtocolFolders, loadAdapters } from "./adapters";

const adapters = await loadAdapters();

test.each(listProtocolFolders())("the protocol %s has an adapter for the suite", (folder) => {
  expect(listAdapterFolders(), `write ${projectPath("tests", "providers", folder, "adapter.ts")}`).toContain(folder);
});

test("every adapter belongs to a protocol and says which", () => {
  expect(listProtocolFolders()).toEqual(expect.arrayContaining(listAdapterFolders()));
  expect(adapters.map(({ name }) => name)).toEqual(listAdapterFolders());
  expect(new Set(adapters.map(({ title }) => title)).size).toBe(adapters.length);
});

describe.each(adapters)("$title", (adapter) => {
  test("every unsupported behaviour and every refusal has a reason", () => {
    const reasons = [...Object.values(adapter.unsupported), ...(adapter.refusals ?? []).map(({ reason }) => reason)];
    for (const reason of reasons) expect(reason).toMatch(/^[^\n|]{10,300}$/);
  });

  test("the validator is strict", () => {
    const request = { path: "/nowhere", headers: {}, text: "{}" };
    expect(adapter.validate(request)).toEqual(expect.stringMatching(/./));
  });
});
