import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listProviderTypes } from "../../../assembly/providers/catalogue";
import { PROVIDERS_PAGE, renderProvidersPage } from "../../../scripts/providers-page";
import { projectPath } from "../../../scripts/support/project";
import { loadAdapters } from "./adapters";

/** Milliseconds; the module may have to be compiled first. */
const TIME_LIMIT = 120_000;

test(
  "docs/providers.md is as the catalogue and the adapters say",
  async () => {
    const path = projectPath(PROVIDERS_PAGE);
    const committed = existsSync(path) ? readFileSync(path, "utf8") : "";
    const current = await renderProvidersPage();
    expect(committed === current, `${PROVIDERS_PAGE} is stale: run \`npm run providers\` and commit it`).toBe(true);
    for (const { name } of listProviderTypes()) expect(current).toContain(`\`${name}\``);
    for (const { title, unsupported } of await loadAdapters()) {
      for (const reason of Object.values(unsupported)) expect(current, title).toContain(reason.slice(0, 20));
    }
  },
  TIME_LIMIT,
);
