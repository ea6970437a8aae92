/** Slots that a table has at least; always a power of two. */
const LEAST_SLOTS: i32 = 64;

/**
 * Values by the host's ids (positive numbers). Open addressing with linear probing in one array, because ids come in ascending order and
 * live briefly: a look-up is one comparison as a rule, and a removal leaves nothing behind that would have to be cleaned up later.
 */
export class IdTable<T> {
  /** Values now in the table. */
  size: i32 = 0;
  private ids: StaticArray<i32> = new StaticArray<i32>(LEAST_SLOTS);
  private values: StaticArray<T | null> = new StaticArray<T | null>(LEAST_SLOTS);
  private mask: i32 = LEAST_SLOTS - 1;

  /** The value of an id, or null. */
  find(id: i32): T | null {
    const slot = this.slotOf(id);
    return unchecked(this.ids[slot]) == id ? unchecked(this.values[slot]) : null;
  }

  /** Sets the value of an id; ids that are not positive are ignored. */
  set(id: i32, value: T): void {
    if (id <= 0) return;
    if (this.size << 1 > this.mask) this.resize((this.mask + 1) << 1);
    const slot = this.slotOf(id);
    if (unchecked(this.ids[slot]) != id) this.size += 1;
    unchecked((this.ids[slot] = id));
    unchecked((this.values[slot] = value));
  }

  /** Forgets an id. */
  delete(id: i32): void {
    let hole = this.slotOf(id);
    if (id <= 0 || unchecked(this.ids[hole]) != id) return;
    this.size -= 1;
    // What was pushed on by the removed one moves back, so that no look-up ends too early at the hole.
    let slot = hole;
    while (true) {
      slot = (slot + 1) & this.mask;
      const other = unchecked(this.ids[slot]);
      if (other == 0) break;
      if (((slot - other) & this.mask) < ((slot - hole) & this.mask)) continue;
      unchecked((this.ids[hole] = other));
      unchecked((this.values[hole] = this.values[slot]));
      hole = slot;
    }
    unchecked((this.ids[hole] = 0));
    unchecked((this.values[hole] = null));
    if (this.mask >= LEAST_SLOTS && this.size << 3 < this.mask) this.resize((this.mask + 1) >> 1);
  }

  /** The slot that holds the id, or the free one where it would go. */
  private slotOf(id: i32): i32 {
    let slot = id & this.mask;
    while (true) {
      const other = unchecked(this.ids[slot]);
      if (other == id || other == 0) return slot;
      slot = (slot + 1) & this.mask;
    }
  }

  private resize(slots: i32): void {
    const ids = this.ids;
    const values = this.values;
    this.ids = new StaticArray<i32>(slots);
    this.values = new StaticArray<T | null>(slots);
    this.mask = slots - 1;
    for (let index = 0; index < ids.length; index++) {
      const id = unchecked(ids[index]);
      if (id == 0) continue;
      const slot = this.slotOf(id);
      unchecked((this.ids[slot] = id));
      unchecked((this.values[slot] = values[index]));
    }
  }
}
