import { ByteBuffer, encodeText } from "../bytes/buffer";
import { JsonKey } from "../json/json-key";
import { liveBytes } from "../runtime/objects";

export { liveBytes };

/*
 * Literals of every kind, for a build with scripts/compiler/literals.ts and one without it: both have to say the same. `byte` gives what
 * lies at a place of the literal that was chosen last.
 */

const TEXTS: StaticArray<u8>[] = [
  encodeText(""),
  encodeText("x"),
  encodeText("anthropic-version"),
  encodeText('quote " back \\ tab \t é 漢 😀'),
];
const KEYS: JsonKey[] = [
  new JsonKey(""),
  new JsonKey("n"),
  new JsonKey("id"),
  new JsonKey("role"),
  new JsonKey("content"),
  new JsonKey("messages"),
  new JsonKey("max_completion_tokens"),
];

const out = new ByteBuffer();
let hash: u32 = 0;

/** Chooses a text and gives its bytes. */
export function chooseText(index: i32): i32 {
  out.clear();
  if (index < TEXTS.length) out.text(TEXTS[index]);
  return out.length;
}

export function chooseKey(index: i32): i32 {
  out.clear();
  if (index >= KEYS.length) return -1;
  const key = KEYS[index];
  out.bytes(key.pointer, key.length);
  hash = key.hash;
  return out.length;
}

export function keyHash(): u32 {
  return hash;
}

export function chooseAscii(): i32 {
  out.clear();
  out.ascii("");
  out.ascii("{");
  out.ascii('"id":"');
  out.ascii("a literal of more than sixteen characters");
  out.ascii("{");
  return out.length;
}

/** A text of the module's data among the objects that are visited and collected. */
export function surviveCollections(): i32 {
  const kept = new Array<StaticArray<u8>>();
  for (let index = 0; index < 100; index++) kept.push(TEXTS[index % TEXTS.length]);
  __collect();
  __collect();
  let length = 0;
  for (let index = 0; index < kept.length; index++) length += kept[index].length;
  return length;
}

export function byte(index: i32): u8 {
  return index < out.length ? load<u8>(out.pointer + index) : 0;
}
