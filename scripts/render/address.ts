import {
  DEFAULT_OLLAMA_PORT,
  fillPlaceholder,
  findPlaceholder,
  HOST_FIELDS,
  readAzureUrl,
  splitUrl,
  URL_FIELDS,
} from "../../assembly/config/address";
import type { Protocol, ProviderType } from "../../assembly/providers/provider-type";
import { UserError } from "../support/failure";
import { findType, listTypeVariants } from "../support/provider-types";

type JsonObject = Record<string, unknown>;
type Environment = Record<string, string | undefined>;

/**
 * The host of a provider's requests, with a port when it names one: `providerDomain`, else what the members of its type say, else the
 * type's own. Variables of the environment that are not set stay in it as `${NAME}`. Null for a type that is unknown or has no host.
 */
export function findHost(provider: JsonObject, path: string, environment: Environment): string | null {
  const type = findType(text(provider, "type", {}));
  if (type === null) return null;
  const chosen = chooseVariant(type, provider, environment);
  const host = hostTemplate(chosen, provider, environment);
  return host === "" ? null : fillIn(host, chosen, provider, path, environment);
}

/** The protocol that a provider speaks with its members: some types have a second one. Null for an unknown type. */
export function findProtocol(provider: object): Protocol | null {
  const members = provider as JsonObject;
  const type = findType(text(members, "type", {}));
  return type === null ? null : chooseVariant(type, members, {}).protocol;
}

/** The names of the variables that a host still holds. */
export function listOpenVariables(host: string): string[] {
  return [...host.matchAll(/\$\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
}

function chooseVariant(type: ProviderType, provider: JsonObject, environment: Environment): ProviderType {
  const isChosen = ({ name, selector, selectorValue }: ProviderType): boolean => {
    if (name !== type.name && name !== type.secondNameOf) return false;
    const value = text(provider, selector, environment);
    return value !== "" && (selectorValue === "*" || selectorValue === value);
  };
  return listTypeVariants().find(isChosen) ?? type;
}

function hostTemplate(type: ProviderType, provider: JsonObject, environment: Environment): string {
  const member = (name: string): string => text(provider, name, environment);
  let host = type.host;
  for (const name of HOST_FIELDS) host = member(name) || host;
  const ollama = member("ollamaServerHost");
  if (ollama !== "") host = `${ollama}:${member("ollamaServerPort") || DEFAULT_OLLAMA_PORT}`;
  for (const name of URL_FIELDS) host = splitUrl(member(name)).authority || host;
  // What is wrong with the URL is told by the module; here only its host matters.
  const azure = member("azureServiceUrl");
  if (azure !== "") host = readAzureUrl(azure, member("apiVersion")).authority || splitUrl(azure).authority;
  return member("providerDomain") || host;
}

function fillIn(
  template: string,
  type: ProviderType,
  provider: JsonObject,
  path: string,
  environment: Environment,
): string {
  let host = template;
  // `${NAME}` is a variable and no place for a member.
  for (;;) {
    const name = findPlaceholder(host.replaceAll("${", "$("));
    if (name === "") return host;
    const value = text(provider, name, environment);
    if (value === "") {
      throw new UserError(`plugin JSON: ${path}.${name}: is missing; the type ${type.name} needs it for its host`);
    }
    host = fillPlaceholder(host, name, value);
  }
}

/** A member as text, its variables filled in where they are set; empty when it is not there. */
function text(provider: JsonObject, name: string, environment: Environment): string {
  const value = provider[name];
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value !== "string") return "";
  return value.replace(/\$\{(\w+)\}/g, (whole, variable: string) => environment[variable] ?? whole);
}
