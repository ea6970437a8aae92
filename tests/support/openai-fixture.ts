import { afterEach, beforeAll, beforeEach, expect } from "vitest";
import { OpenAiModule } from "./openai";

/**
 * A fresh OpenAI side for every test of a file, which must leave no memory behind. Call once, at the top; what it gives has the
 * current instance as `module`.
 */
export function useOpenAiModule(): { readonly module: OpenAiModule } {
  let current: OpenAiModule | undefined;
  beforeAll(OpenAiModule.prepare, 300_000);
  beforeEach(async () => {
    current = await OpenAiModule.load();
  });
  afterEach(() => {
    expect(current?.close()).toBe(0);
  });
  return {
    get module(): OpenAiModule {
      if (!current) throw new Error("there is an instance in tests only");
      return current;
    },
  };
}

/** Why a request body was refused; it must be refused as OpenAI refuses bad requests. */
export function readFault(
  module: OpenAiModule,
  body: unknown,
): { param: string | null; code: string | null; message: string; status: number } {
  const { failure } = module.read(body);
  if (failure === null) throw new Error("the request was accepted");
  const { param, code, message, type } = failure.envelope.error;
  expect(failure.reason).toBe("bad-request");
  expect(type).toBe("invalid_request_error");
  return { param, code, message, status: failure.status };
}
