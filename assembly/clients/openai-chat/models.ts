import { ByteBuffer } from "../../bytes/buffer";
import { writeEscapedText } from "../../canonical/error-text";
import { GatewayConfig } from "../../config/schema";
import { findOwner, listModels } from "../../routing/models";
import { escapeInto } from "../../json/write";

function writeEntry(name: usize, length: i32, owner: StaticArray<u8>, created: i64, out: ByteBuffer): void {
  out.ascii('{"id":"');
  escapeInto(name, length, out);
  out.ascii('","object":"model","created":');
  out.decimal(created);
  out.ascii(',"owned_by":"');
  writeEscapedText(owner, out);
  out.ascii('"}');
}

/**
 * Writes the body of `GET /v1/models` (`created`: Unix seconds): the names that the configuration spells out. Names that only a
 * pattern matches are served too but cannot be listed. Source: https://platform.openai.com/docs/api-reference/models/list
 */
export function writeModelList(config: GatewayConfig, created: i64, out: ByteBuffer): void {
  const names = listModels(config);
  out.ascii('{"object":"list","data":[');
  for (let index = 0; index < names.length; index++) {
    const name = unchecked(names[index]);
    const pointer = changetype<usize>(name);
    if (index > 0) out.byte(0x2c);
    writeEntry(pointer, name.length, findOwner(config, pointer, name.length), created, out);
  }
  out.ascii("]}");
}

/** Writes the body of `GET /v1/models/{name}` (UTF-8, not escaped); false, and nothing written, when nobody serves the name. */
export function writeModel(config: GatewayConfig, name: usize, nameLength: i32, created: i64, out: ByteBuffer): bool {
  if (nameLength <= 0) return false;
  const owner = findOwner(config, name, nameLength);
  if (owner.length == 0) return false;
  writeEntry(name, nameLength, owner, created, out);
  return true;
}
