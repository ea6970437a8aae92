/*
 * What Google's models accept, from its public pages and independently of the code under test:
 *   https://ai.google.dev/gemini-api/docs/thinking                     budgets and levels
 *   https://ai.google.dev/gemini-api/docs/generate-content/whats-new-gemini-3.7 (low, medium and high only)
 *   https://ai.google.dev/gemini-api/docs/thought-signatures           Gemini 3 refuses function calls without signature
 *   https://ai.google.dev/gemini-api/docs/structured-output            JSON Schema since 2.5
 *   https://github.com/google-gemini/cookbook/issues/1290              penalties end with 2.0
 *   https://ai.google.dev/gemini-api/docs/function-calling             Gemini 3 matches results by the ids of their calls
 *   https://github.com/google/adk-python/issues/3900                   Gemma 3 knows no system instruction
 *   https://github.com/BerriAI/litellm/issues/10313                    and no functions
 */

export interface ModelRules {
  /** Accepted budgets; null when there are none. `zero`: 0 is accepted beside the range. */
  budget: { least: number; most: number; zero: boolean } | null;
  levels: string[];
  penalties: boolean;
  jsonSchema: boolean;
  /** Functions together with `application/json`. */
  toolsWithFormat: boolean;
  /** Function calls of the history must be signed. */
  signatures: boolean;
  /** Function calls have ids. */
  callIds: boolean;
  /** `systemInstruction` and functions. */
  systemAndTools: boolean;
}

const THIRD = {
  budget: null,
  penalties: false,
  jsonSchema: true,
  toolsWithFormat: true,
  signatures: true,
  callIds: true,
  systemAndTools: true,
};
const SECOND = {
  levels: [],
  jsonSchema: true,
  penalties: false,
  toolsWithFormat: false,
  signatures: false,
  callIds: false,
  systemAndTools: true,
};

const MODELS: Record<string, ModelRules> = {
  "gemma-3-27b-it": { ...SECOND, budget: null, penalties: true, jsonSchema: false, systemAndTools: false },
  "gemini-2.0-flash": { ...SECOND, budget: null, penalties: true, jsonSchema: false },
  "gemini-2.5-pro": { ...SECOND, budget: { least: 128, most: 32768, zero: false } },
  "gemini-2.5-flash": { ...SECOND, budget: { least: 1, most: 24576, zero: true } },
  "gemini-2.5-flash-lite": { ...SECOND, budget: { least: 512, most: 24576, zero: true } },
  "gemini-2.5-flash-image": { ...SECOND, budget: null },
  "gemini-3-pro-preview": { ...THIRD, levels: ["LOW", "HIGH"] },
  "gemini-3-flash-preview": { ...THIRD, levels: ["MINIMAL", "LOW", "MEDIUM", "HIGH"] },
  "gemini-3.1-pro-preview": { ...THIRD, levels: ["LOW", "MEDIUM", "HIGH"] },
  "gemini-3.1-flash-lite": { ...THIRD, levels: ["MINIMAL", "LOW", "MEDIUM", "HIGH"] },
  "gemini-3.8-flash": { ...THIRD, levels: ["LOW", "MEDIUM", "HIGH"] },
};

/** The rules of a model, or null when Google has none of that name. */
export function geminiRules(model: string): ModelRules | null {
  return Object.hasOwn(MODELS, model) ? (MODELS[model] ?? null) : null;
}
