import { expect } from "vitest";
import { type ConfigModule } from "./config";

export type Json = Record<string, unknown>;

/** A whole plugin JSON around what a case is about. */
export function plugin(members: Json): Json {
  return { role: "gateway", providers: [{ id: "p", type: "openai" }], ...members };
}

export function withProvider(members: Json): Json {
  return plugin({ providers: [{ id: "p", type: "openai", ...members }] });
}

export function withRoute(members: Json): Json {
  return plugin({ routes: [{ model: "m", targets: [{ provider: "p" }], ...members }] });
}

export function withTarget(target: unknown): Json {
  return withRoute({ targets: [target] });
}

/** Every case: what is wrong, the plugin JSON, and all errors in their order. */
export type Case = [name: string, plugin: unknown, errors: string[]];

export const PATTERN_STAR = 'a star may only stand at the end: an exact name, "prefix*" or "*"';

/** The environment of all cases; its secrets must never show up. */
export const ENVIRONMENT = {
  KEY: "sk-secret-from-environment",
  BROKEN: "line\nbreak",
  EMPTY: "",
  SPACED: "sk-spaced ",
};

/** Parses a plugin JSON that must be refused with exactly these lines. */
export function expectRefused(module: ConfigModule, configuration: unknown, errors: string[]): void {
  const result = module.parse(configuration);
  expect(result.errors).toEqual(errors);
  expect(result.config).toBeNull();
  for (const line of result.errors) {
    expect(line).not.toMatch(/secret/);
    expect(line).toMatch(/^[^\n\r]+$/);
  }
}
