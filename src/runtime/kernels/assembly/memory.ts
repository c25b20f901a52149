import { loadSome, storeSome } from './registers';

/** What {@link clear} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Clearing {
  to: usize;
  /** Numbers, and those of one item. */
  count: i32;
  block: i32;
}

/** One item: zeros for one block. */
export function clear(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Clearing>(args);
  const begin = item * run.block;
  memory.fill(run.to + (<usize>begin << 2), 0, (<usize>min(run.block, run.count - begin)) << 2);
}

/** What {@link copy} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Copying {
  /** Rows, those of one item, and pieces of a row. */
  rows: i32;
  block: i32;
  pieces: i32;
  /** A list of {@link Part}. */
  parts: usize;
  count: i32;
}

/** Pieces of neighbouring numbers, all of one length, that move to another place. */
@unmanaged
class Part {
  from: usize;
  to: usize;
  /** Numbers of a piece. */
  length: i32;
  /** Numbers from one piece to the next, and from one row of pieces to the next, where they are and where they go. */
  fromPiece: i32;
  fromRow: i32;
  toPiece: i32;
  toRow: i32;
}

/** One item: some rows of all parts. */
export function copy(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Copying>(args);
  const end = min(run.rows, (item + 1) * run.block);
  for (let index = 0; index < run.count; index++) {
    const part = changetype<Part>(run.parts + <usize>index * offsetof<Part>());
    for (let row = item * run.block; row < end; row++) {
      let from = part.from + (<usize>(row * part.fromRow) << 2);
      let to = part.to + (<usize>(row * part.toRow) << 2);
      for (let piece = 0; piece < run.pieces; piece++) {
        for (let at = 0; at < part.length; at += 4) {
          const offset = <usize>at << 2;
          storeSome(to + offset, part.length - at, loadSome(from + offset, part.length - at));
        }
        from += <usize>part.fromPiece << 2;
        to += <usize>part.toPiece << 2;
      }
    }
  }
}
