import { findProviderType, listProviderTypes, listVariants } from "../../assembly/providers/catalogue";
import { type ProviderType } from "../../assembly/providers/provider-type";

/** A provider type by name, or null. The catalogue is the module's own, so both always know the same vendors. */
export function findType(name: string): ProviderType | null {
  return findProviderType(name);
}

/** The names of all provider types. */
export function listTypeNames(): string[] {
  return listProviderTypes().map((type) => type.name);
}

/** Other addresses and protocols of these types, which members of the configuration select. */
export function listTypeVariants(): ProviderType[] {
  return listVariants();
}
