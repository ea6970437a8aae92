import { copyToText, decodeText, encodeText } from "../bytes/buffer";
import { listVariants } from "../providers/catalogue";
import { fieldAdvice, FieldKind, fieldKind, fieldSupport, FieldSupport } from "./provider-fields";
import { listNames } from "./errors";
import { ConfigReader } from "./reader";
import { ProviderConfig, ProviderSetting } from "./schema";
import { isHeaderValue, isProviderId } from "./texts";

/** Reads the members that belong to the provider's type alone into `settings`, then lets them choose a variant of the type. */
export function parseSettings(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): void {
  const document = reader.document;
  for (let key = document.first(node); key >= 0; key = document.nextKey(key)) {
    const name = reader.text(key);
    const kind = fieldKind(name);
    if (kind == FieldKind.Own || fieldSupport(provider.type.name, name) != FieldSupport.Read) continue;
    const node = document.valueOf(key);
    const place = path + "." + name;
    const value =
      kind == FieldKind.Choice ? readChoice(reader, node, place, name) : readSetting(reader, node, place, kind);
    if (value === null) continue;
    provider.settings.push(new ProviderSetting(name, value));
    if (kind == FieldKind.Secret) provider.secrets.push(value);
  }
  chooseVariant(provider);
  checkRequired(reader, path, provider);
}

/** One of the words of a member, in any case as Higress takes them; kept as the table has it. */
function readChoice(reader: ConfigReader, node: i32, path: string, name: string): StaticArray<u8> | null {
  const text = reader.value(node, path);
  if (text === null || text.length == 0) return null;
  const words = fieldAdvice(name).split(",");
  for (let index = 0; index < words.length; index++) {
    if (words[index].toLowerCase() == text.toLowerCase()) return encodeText(words[index]);
  }
  reader.errors.add(path, "must be one of: " + listNames(words));
  return null;
}

function checkRequired(reader: ConfigReader, path: string, provider: ProviderConfig): void {
  const type = provider.type;
  for (let index = 0; index < type.requiredMembers.length; index++) {
    const name = type.requiredMembers[index];
    if (provider.setting(name).length > 0) continue;
    const beside = type.selector.length > 0 ? " with " + type.selector : "";
    reader.errors.add(path + "." + name, "is missing; the type " + type.name + beside + " needs it");
  }
}

function readSetting(reader: ConfigReader, node: i32, path: string, kind: FieldKind): StaticArray<u8> | null {
  const document = reader.document;
  switch (kind) {
    case FieldKind.Flag: {
      const found = reader.describe(node);
      if (found == "a boolean") return encodeText(document.boolean(node) ? "true" : "false");
      reader.errors.add(path, "must be true or false, found " + found);
      return null;
    }
    case FieldKind.Number: {
      const number = reader.integer(node, path, 0, i32.MAX_VALUE, -1);
      return number < 0 ? null : encodeText(number.toString());
    }
    case FieldKind.Json: {
      if (document.isObject(node) || document.isArray(node)) {
        return copyToText(document.rawPointer(node), document.rawLength(node));
      }
      reader.errors.add(path, "must be an object or a list, found " + reader.describe(node));
      return null;
    }
    default: {
      const text = reader.value(node, path);
      if (text === null || text.length == 0) return null;
      if (kind == FieldKind.Name ? isProviderId(text) : isHeaderValue(text)) return encodeText(text);
      const wanted =
        kind == FieldKind.Name
          ? "must be 1 to 64 letters, digits, dots, underscores or hyphens"
          : "must be printable ASCII without line breaks and without spaces at its ends";
      reader.errors.add(path, wanted);
      return null;
    }
  }
}

function chooseVariant(provider: ProviderConfig): void {
  const variants = listVariants();
  for (let index = 0; index < variants.length; index++) {
    const variant = variants[index];
    if (variant.name != provider.type.name && variant.name != provider.type.secondNameOf) continue;
    const value = provider.setting(variant.selector);
    if (value.length == 0) continue;
    if (variant.selectorValue != "*" && decodeText(value) != variant.selectorValue) continue;
    provider.type = variant;
    return;
  }
}
