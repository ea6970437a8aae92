import { listAnthropicTypes } from "./anthropic/types";
import { listOpenAiTypes } from "./openai/types";
import { ProviderType } from "./provider-type";

/** All provider types, by protocol. Also imported by the Node programs in `scripts/`. */
export function listProviderTypes(): ProviderType[] {
  return listOpenAiTypes().concat(listAnthropicTypes());
}

/**
 * Other protocols and addresses of types above, which a member of the provider's configuration selects: `selector` has the value
 * `selectorValue`. A variant has the name of its type.
 */
export function listVariants(): ProviderType[] {
  const variants: ProviderType[] = [];
  return variants;
}

/** The provider type of a configuration's `type`, or null when there is none of that name. */
export function findProviderType(name: string): ProviderType | null {
  const types = listProviderTypes();
  for (let index = 0; index < types.length; index++) {
    const type = types[index];
    if (type && type.name == name) return type;
  }
  return null;
}
