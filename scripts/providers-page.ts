import { writeFileSync } from "node:fs";
import { format } from "prettier";
import { listProviderTypes } from "../assembly/providers/catalogue";
import { loadAdapters } from "../tests/providers/suite/adapters";
import { renderCatalogue } from "./providers/catalogue";
import { renderMatrix } from "./providers/matrix";
import { runProgram } from "./support/failure";
import { isProgram, projectPath } from "./support/project";

/** The page, from the project's top folder. */
export const PROVIDERS_PAGE = "docs/providers.md";

/** The support matrix and the catalogue, as they should be now. */
export async function renderProvidersPage(): Promise<string> {
  const adapters = await loadAdapters();
  const count = listProviderTypes().length;
  const text = `<!-- Written by \`npm run providers\` from assembly/providers/ and tests/providers/*/adapter.ts. Do not edit. -->

# Providers

A client speaks OpenAI's chat API; each of the ${String(count)} provider types below hears one of ${String(adapters.length)} protocols.

## What each protocol can do

Every ✓ is tested by the shared suite in \`tests/providers/suite/\`, against a mock that is as strict as the vendor. **400**: a request that
needs it is refused with OpenAI's error before any provider is asked, and a route goes on with its next target that can. **–**: the vendor has
no word for it, so it is left out of the request, or does not come in the answer.

${await renderMatrix(adapters)}

## Provider types

\`type\` in the plugin JSON. *Address* is what a provider without members of its own reaches; *Key* is the header that carries it, *Variable* the
environment variable that usually holds it. The protocol \`OpenAi\` is Chat Completions; *What differs* says how a vendor's form of it does.

${renderCatalogue()}
`;
  return format(text, { parser: "markdown", printWidth: 120, proseWrap: "preserve" });
}

async function main(): Promise<void> {
  writeFileSync(projectPath(PROVIDERS_PAGE), await renderProvidersPage());
  process.stdout.write(`wrote ${PROVIDERS_PAGE}\n`);
}

if (isProgram(import.meta.url)) await runProgram(main);
