import { allocateBlock, freeBlock } from "./blocks";
import { classBytes, classOf } from "./size-class";

/*
 * Managed objects and their collector; takes the place of AssemblyScript's own (see asconfig.json), which links every object into a list and
 * asks a general allocator for each. Here small objects of a class lie side by side in pages, a new one is taken from the class's list of
 * free ones, and nothing else is kept about it. Collecting marks what can be reached from the globals, then walks the pages and lists what
 * was not marked. Objects never move. It knows no references on the Wasm stack: see abi/collector.ts for when it may run.
 *
 * An object's header takes the 16 bytes before it. The compiler wants the last two words there, and gives constants in the module's data the
 * same header with zeros in front:
 *     u32 link (the next free or the next grey object), u32 mark (0: free), u32 id of the class, u32 size
 */

const HEADER: usize = 16;
const LINK: usize = 0;
const MARK: usize = 4;
const CLASS_ID: usize = 8;
const SIZE: usize = 12;

/** Largest object that lies in a page, without its header. */
const MOST_SMALL: usize = 1008;

/** Most visits inside each other, so that a long chain of objects does not exhaust the stack. */
const MOST_NESTED: i32 = 64;

/** A page: u32 next page, u32 bytes of an object with its header, then the objects from `PAGE_HEADER` on. */
const PAGE_BYTES: usize = 8192 - 4;
const PAGE_OBJECT_BYTES: usize = 4;
const PAGE_HEADER: usize = 16;
/** Pages without any object that are kept. */
const MOST_EMPTY: i32 = 64;

/** A large object has a block of its own, with the address of the next large one before its header. */
const LARGE_HEADER: usize = 16;

/** First free object of each class. */
const lists: usize = memory.data(128, 4);
const LIST_BYTES: usize = 128;

let pages: usize = 0;
let large: usize = 0;
/** The mark of what the last collection found, and of everything made since. Grows with every collection. */
let epoch: u32 = 1;
/** Objects that were reached but not looked into yet. */
let grey: usize = 0;
/** Visits that run, one inside the other. */
let nesting: i32 = 0;
let allocated: usize = 0;
let live: usize = 0;

/** Bytes of the objects made since the last collection. */
export function allocatedBytes(): usize {
  return allocated;
}

/** Bytes of the objects that the last collection left. */
export function liveBytes(): usize {
  return live;
}

/** `__new`: an object of `size` bytes, not zeroed. Traps when the host gives no more memory. */
export function newObject(size: usize, id: u32): usize {
  let object: usize;
  if (size <= MOST_SMALL) {
    const list = lists + (classOf(size + HEADER) << 2);
    object = load<usize>(list);
    if (object == 0) object = addPage(size);
    store<usize>(list, load<usize>(object, LINK));
  } else {
    object = addLarge(size);
  }
  allocated += size + HEADER;
  store<u32>(object, epoch, MARK);
  store<u32>(object, id, CLASS_ID);
  store<u32>(object, size, SIZE);
  return object + HEADER;
}

/** `__renew`: the object's content in a place for `size` bytes. The old one is garbage if it had to move. */
export function renewObject(pointer: usize, size: usize): usize {
  const object = pointer - HEADER;
  const oldSize: usize = load<u32>(object, SIZE);
  const isConstant = pointer < __heap_base;
  if (!isConstant && (size <= oldSize || (size <= MOST_SMALL && size + HEADER <= classBytes(oldSize + HEADER)))) {
    store<u32>(object, size, SIZE);
    return pointer;
  }
  const moved = newObject(size, load<u32>(object, CLASS_ID));
  memory.copy(moved, pointer, min(size, oldSize));
  return moved;
}

/** `__visit`: an object is reached. What it leads to is visited at once, or later when this is nested too deeply. */
export function visitObject(pointer: usize, cookie: u32): void {
  if (pointer == 0) return;
  const object = pointer - HEADER;
  if (load<u32>(object, MARK) == epoch) return;
  store<u32>(object, epoch, MARK);
  if (nesting < MOST_NESTED) {
    nesting += 1;
    __visit_members(pointer, cookie);
    nesting -= 1;
  } else {
    store<usize>(object, grey, LINK);
    grey = object;
  }
}

/** `__collect`: frees every object that no global leads to. */
export function collectObjects(): void {
  epoch += 1;
  if (epoch == 0) epoch = 1;
  __visit_globals(0);
  while (grey != 0) {
    const object = grey;
    grey = load<usize>(object, LINK);
    __visit_members(object + HEADER, 0);
  }
  live = 0;
  allocated = 0;
  sweepPages();
  sweepLarge();
}

/** Lists the free objects of all pages anew; pages without any object are given back, beyond those that will be filled again soon. */
function sweepPages(): void {
  memory.fill(lists, 0, LIST_BYTES);
  let page = pages;
  let empty = 0;
  pages = 0;
  while (page != 0) {
    const next = load<usize>(page);
    const bytes: usize = load<u32>(page, PAGE_OBJECT_BYTES);
    const list = lists + (classOf(bytes) << 2);
    const end = page + PAGE_BYTES - bytes;
    let head = load<usize>(list);
    let count: usize = 0;
    for (let object = page + PAGE_HEADER; object <= end; object += bytes) {
      if (load<u32>(object, MARK) == epoch) {
        count += 1;
        continue;
      }
      store<u32>(object, 0, MARK);
      store<usize>(object, head, LINK);
      head = object;
    }
    if (count == 0 && empty == MOST_EMPTY) {
      freeBlock(page);
    } else {
      if (count == 0) empty += 1;
      live += count * bytes;
      store<usize>(list, head);
      store<usize>(page, pages);
      pages = page;
    }
    page = next;
  }
}

function sweepLarge(): void {
  let block = large;
  large = 0;
  while (block != 0) {
    const next = load<usize>(block);
    if (load<u32>(block + LARGE_HEADER, MARK) == epoch) {
      live += load<u32>(block + LARGE_HEADER, SIZE);
      store<usize>(block, large);
      large = block;
    } else freeBlock(block);
    block = next;
  }
}

/** Makes a page for objects of this size; gives the first one. */
function addPage(size: usize): usize {
  const bytes = classBytes(size + HEADER);
  const page = allocateBlock(PAGE_BYTES);
  store<usize>(page, pages);
  store<u32>(page, bytes, PAGE_OBJECT_BYTES);
  pages = page;
  const first = page + PAGE_HEADER;
  const end = page + PAGE_BYTES - bytes;
  let object = first;
  for (; object + bytes <= end; object += bytes) {
    store<usize>(object, object + bytes, LINK);
    store<u32>(object, 0, MARK);
  }
  store<usize>(object, 0, LINK);
  store<u32>(object, 0, MARK);
  return first;
}

/** Makes room for an object that is too large for a page. */
function addLarge(size: usize): usize {
  const block = allocateBlock(LARGE_HEADER + HEADER + size);
  store<usize>(block, large);
  large = block;
  return block + LARGE_HEADER;
}
