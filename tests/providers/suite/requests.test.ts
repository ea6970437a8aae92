import { describe, expect, test } from "vitest";
import { TranslateModule } from "../../support/translate";
import { loadAdapters } from "./adapters";
import { ask, askAccepted, targetOf } from "./ask";
import { listRequestCases } from "./request-cases";

const adapters = await loadAdapters();
const module = await TranslateModule.load();
const cases = listRequestCases();

/*
 * What clients ask for, said to every vendor. What a vendor cannot do is refused while planning, or left out: never sent in vain.
 */
describe.each(adapters)("$title", (adapter) => {
  for (const one of cases) {
    const { behaviour, name, body } = one;
    const reason = adapter.unsupported[behaviour];
    const target = targetOf(adapter, behaviour);
    if (reason === undefined) {
      test(`${behaviour}, ${name}`, () => {
        one.expectSaid(askAccepted(module, adapter, target, body).spoken);
      });
      continue;
    }
    test(`${behaviour}, ${name}: refused or left out, ${reason}`, () => {
      const { status, error, path, headers, text } = ask(module, adapter, target, body);
      if (error !== null) {
        expect(status).toBe(400);
        expect(error.error).toMatchObject({ type: "invalid_request_error", message: expect.any(String) });
        return;
      }
      const request = { path, headers, text };
      expect(adapter.validate(request)).toBeNull();
      const spoken = adapter.readRequest(request);
      expect(one.isSaid(spoken), `the table says that this is not supported, but it is sent: ${text}`).toBe(false);
    });
  }
});
