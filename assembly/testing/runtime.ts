import "./abort";
import { allocateBlock, freeBlock, reallocateBlock } from "../runtime/blocks";
import { allocatedBytes, collectObjects, liveBytes } from "../runtime/objects";

/*
 * Test entry for `runtime`: blocks by their addresses, and trees of managed objects that only this table holds.
 */

/** One managed object of each kind that the collector treats in its own way. */
class Tree {
  text: StaticArray<u8>;
  children: Tree[] = [];
  next: Tree | null = null;

  constructor(size: i32, fill: u8) {
    const text = new StaticArray<u8>(size);
    memory.fill(changetype<usize>(text), fill, size);
    this.text = text;
  }
}

const trees: (Tree | null)[] = [];
/** A constant of the module that comes to lead to objects made later. */
const constant: (Tree | null)[] = [null, null];

export { allocateBlock, allocatedBytes, freeBlock, liveBytes, reallocateBlock };

/** Must be called from outside only: nothing on the stack is known to the collector. */
export function collect(): void {
  collectObjects();
}

/** Puts a tree into a slot, instead of the one before: a root with `children` children and a chain of `depth` more, texts of `size` bytes. */
export function grow(slot: i32, size: i32, children: i32, depth: i32): void {
  while (trees.length <= slot) trees.push(null);
  const fill = slot as u8;
  const root = new Tree(size, fill);
  for (let index = 0; index < children; index++) root.children.push(new Tree(size, fill));
  for (let index = 0; index < depth; index++) {
    const link = new Tree(size, fill);
    link.next = root.next;
    root.next = link;
  }
  trees[slot] = root;
}

/** Forgets the tree of a slot. */
export function drop(slot: i32): void {
  if (slot < trees.length) trees[slot] = null;
}

/** Lets a constant lead to a tree with this text. */
export function hangOn(index: i32, size: i32, fill: i32): void {
  constant[index] = new Tree(size, fill as u8);
}

/** Whether the constant's tree is what `hangOn` made. */
export function hangs(index: i32, size: i32, fill: i32): bool {
  const tree = constant[index];
  return tree !== null && isWhole(tree, size, fill as u8);
}

/** Objects of the slot's tree whose texts are whole; -1 when one is not. */
export function count(slot: i32, size: i32): i32 {
  const root = slot < trees.length ? trees[slot] : null;
  if (root === null) return 0;
  const fill = slot as u8;
  let total = 0;
  for (let index = 0; index < root.children.length; index++) {
    if (!isWhole(root.children[index], size, fill)) return -1;
    total += 1;
  }
  for (let link: Tree | null = root; link !== null; link = link.next) {
    if (!isWhole(link, size, fill)) return -1;
    total += 1;
  }
  return total;
}

function isWhole(tree: Tree, size: i32, fill: u8): bool {
  if (tree.text.length != size) return false;
  for (let index = 0; index < size; index++) if (tree.text[index] != fill) return false;
  return true;
}
