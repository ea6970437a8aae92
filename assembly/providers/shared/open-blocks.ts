import { ByteBuffer } from "../../bytes/buffer";

/** What a streamed content block is to the client. */
export const enum BlockKind {
  /** Nothing: the vendor's own tools and unknown blocks. */
  Hidden = 0,
  Text = 1,
  Reasoning = 2,
  ToolCall = 3,
  /** The tool that stands for the response format. */
  Format = 4,
}

/** A content block that has begun and not yet stopped. */
export class OpenBlock {
  /** Number of the tool call. */
  tool: i32 = 0;
  /** Whether any arguments have come. */
  hasArguments: bool = false;
  /** Signature of reasoning, or the input that came with the start of a tool call; escaped. */
  carried: ByteBuffer = new ByteBuffer();

  constructor(
    public index: i64,
    public kind: BlockKind,
  ) {}
}

/** Most blocks that may be open at once; the vendor opens one. */
const MOST_OPEN_BLOCKS: i32 = 64;

/** Most bytes that all open blocks may carry together. */
const MOST_CARRIED_BYTES: i32 = 16 * 1024 * 1024;

/** What a stream without open blocks may have; nothing is ever added to it. */
const NO_BLOCKS: OpenBlock[] = [];

/** The open blocks of one stream, found by the vendor's block index. */
export class OpenBlocks {
  private blocks: OpenBlock[] = NO_BLOCKS;

  /** Adds a block; null when an unbelievable number is open. */
  add(index: i64, kind: BlockKind): OpenBlock | null {
    if (this.blocks.length >= MOST_OPEN_BLOCKS) return null;
    const block = new OpenBlock(index, kind);
    if (this.blocks === NO_BLOCKS) this.blocks = [block];
    else this.blocks.push(block);
    return block;
  }

  /** The open block with this index, or null. */
  find(index: i64): OpenBlock | null {
    for (let position = this.blocks.length - 1; position >= 0; position--) {
      const block = unchecked(this.blocks[position]);
      if (block.index == index) return block;
    }
    return null;
  }

  /** Whether the open blocks may carry so many more bytes. */
  hasRoom(length: i32): bool {
    let left = MOST_CARRIED_BYTES - length;
    for (let position = 0; position < this.blocks.length; position++) {
      left -= unchecked(this.blocks[position]).carried.length;
    }
    return left >= 0;
  }

  /** Forgets a block and gives its memory back. */
  remove(block: OpenBlock): void {
    block.carried.free();
    const blocks = this.blocks;
    let kept = 0;
    for (let position = 0; position < blocks.length; position++) {
      const other = unchecked(blocks[position]);
      if (other === block) continue;
      unchecked((blocks[kept] = other));
      kept += 1;
    }
    blocks.length = kept;
  }

  /** Forgets all blocks and gives their memory back. */
  free(): void {
    for (let position = 0; position < this.blocks.length; position++) unchecked(this.blocks[position]).carried.free();
    this.blocks = NO_BLOCKS;
  }
}
