import type { SeededRandom } from "./chunking";

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  -1e300,
  9007199254740993,
  "",
  " ",
  "text",
  "\\",
  "data:image/png;base64,AAAA",
  "data:",
  "tool_use",
  "error",
  [],
  [null],
  [[]],
  {},
  { type: "text" },
  { type: "tool_use", id: 1, name: {}, input: [] },
  { error: { type: 1 } },
];

type Container = unknown[] | Record<string, unknown>;

/** All arrays and objects inside a value, itself included. */
function containers(value: unknown): Container[] {
  const found: Container[] = [];
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== "object" || next === null) continue;
    found.push(next as Container);
    open.push(...Object.values(next));
  }
  return found;
}

/** A copy of a JSON value in which a few members were replaced, removed, repeated or exchanged. */
export function mutateValue(value: unknown, random: SeededRandom): unknown {
  const copy: unknown = structuredClone(value);
  const changes = 1 + random.below(3);
  for (let change = 0; change < changes; change++) {
    const all = containers(copy).filter((container) => Object.keys(container).length > 0);
    if (all.length === 0) break;
    mutateContainer(random.pick(all), random, all);
  }
  return copy;
}

function mutateContainer(container: Container, random: SeededRandom, all: Container[]): void {
  const members = container as Record<string, unknown>;
  const name = random.pick(Object.keys(container));
  switch (random.below(4)) {
    case 0:
      members[name] = structuredClone(random.pick(VALUES));
      return;
    case 1:
      if (Array.isArray(container)) container.splice(Number(name), 1);
      else Reflect.deleteProperty(members, name);
      return;
    case 2:
      if (Array.isArray(container)) container.push(structuredClone(container[Number(name)]));
      else members[`${name}_`] = structuredClone(members[name]);
      return;
    default: {
      const other = random.pick(all) as Record<string, unknown>;
      members[name] = structuredClone(other[random.pick(Object.keys(other))]);
    }
  }
}

/** A copy of some bytes in which a few were changed, removed, repeated or inserted, or the end was cut off. */
export function mutateBytes(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let copy = Array.from(bytes);
  const changes = 1 + random.below(4);
  for (let change = 0; change < changes && copy.length > 0; change++) {
    const place = random.below(copy.length);
    switch (random.below(5)) {
      case 0:
        copy[place] = random.below(256);
        break;
      case 1:
        copy.splice(place, 1 + random.below(10));
        break;
      case 2:
        copy.splice(place, 0, ...copy.slice(place, place + random.below(40)));
        break;
      case 3:
        copy.splice(place, 0, random.pick([0x22, 0x5c, 0x7b, 0x5d, 0x0a, 0x0d, 0x00, 0xff]));
        break;
      default:
        if (random.chance(0.3)) copy = copy.slice(0, place);
    }
  }
  return Uint8Array.from(copy);
}
