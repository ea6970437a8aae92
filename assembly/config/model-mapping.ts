import { encodeText } from "../bytes/buffer";
import { memberPath } from "./errors";
import { parsePattern } from "./patterns";
import { ConfigReader } from "./reader";
import { ModelMappingEntry, ProviderConfig } from "./schema";
import { isModelName } from "./texts";

/** Reads `modelMapping` into a provider: exact names in written order, then prefixes from the longest to `*`. */
export function parseModelMapping(reader: ConfigReader, node: i32, path: string, provider: ProviderConfig): void {
  if (node < 0 || !reader.requireObject(node, path)) return;
  const exact: ModelMappingEntry[] = [];
  const prefixes: ModelMappingEntry[] = [];
  const document = reader.document;
  for (let key = document.first(node); key >= 0; key = document.nextKey(key)) {
    const name = reader.text(key);
    const entryPath = memberPath(path, name);
    const pattern = parsePattern(reader, name, entryPath);
    const target = reader.value(document.valueOf(key), entryPath);
    if (pattern === null || target === null) continue;
    if (target.length > 0 && (!isModelName(target) || target.includes("*"))) {
      reader.errors.add(
        entryPath,
        "must be a model's name without a star and control characters, or empty to keep the name",
      );
      continue;
    }
    const entry = new ModelMappingEntry(encodeText(pattern.text), pattern.isPrefix, encodeText(target));
    if (pattern.isPrefix) prefixes.push(entry);
    else exact.push(entry);
  }
  // Two prefixes of one length never both fit, so their order does not matter.
  prefixes.sort((left, right) => right.from.length - left.from.length);
  provider.modelMapping = exact.concat(prefixes);
  for (let index = 0; index < provider.modelMapping.length; index++) {
    const entry = provider.modelMapping[index];
    provider.mappingTable.add(entry.from, entry.isPrefix, index);
  }
}
