import type { Span } from '../../drawing/lines.ts';
import type { Role } from '../../theme/colours.ts';
import type { Point } from './series.ts';

/** What is at one character cell: a braille pattern or a character, and whose it is. */
interface Cell {
  readonly dots: number;
  readonly character: string | null;
  readonly role: Role;
}

/** Character cells of 2×4 dots each. */
export class Canvas {
  readonly #columns: number;
  readonly #cells: (Cell | undefined)[][];

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#cells = Array.from({ length: rows }, () => Array<Cell | undefined>(columns).fill(undefined));
  }

  /** A straight line between two points in dots. */
  segment(from: Point, to: Point, role: Role): void {
    const length = Math.max(1, Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))));
    for (let index = 0; index <= length; index += 1) {
      const part = index / length;
      this.#dot(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part, role);
    }
  }

  mark(x: number, y: number, character: string, role: Role): void {
    this.#put(Math.floor(Math.round(x) / 2), Math.floor(Math.round(y) / 4), { dots: 0, character, role });
  }

  /** A dashed row with its label at the right end. */
  level(row: number, label: string, role: Role): void {
    const start = this.#columns - label.length - 1;
    for (let column = 0; column < this.#columns; column += 1) {
      const inLabel = column >= start && column < start + label.length;
      const character = inLabel ? label[column - start]! : column % 2 === 0 ? '╌' : ' ';
      this.#put(column, row, { dots: 0, character, role });
    }
  }

  /** Runs of cells with one meaning, row by row. */
  rows(): readonly (readonly Span[])[] {
    return this.#cells.map((cells) => {
      const runs: [Role, string][] = [];
      for (const cell of cells) {
        const role = cell?.role ?? 'plain';
        const text = cell === undefined ? ' ' : (cell.character ?? String.fromCodePoint(0x2800 + cell.dots));
        const last = runs.at(-1);
        if (last?.[0] === role) last[1] += text;
        else runs.push([role, text]);
      }
      return runs;
    });
  }

  #dot(x: number, y: number, role: Role): void {
    const [column, row] = [Math.round(x), Math.round(y)];
    const [cellColumn, cellRow] = [column >> 1, row >> 2];
    const before = this.#cells[cellRow]?.[cellColumn];
    const bit = dotBits[row & 3]?.[column & 1] ?? 0;
    const dots = (before?.character === null ? before.dots : 0) | bit;
    this.#put(cellColumn, cellRow, { dots, character: null, role });
  }

  #put(column: number, row: number, cell: Cell): void {
    const cells = this.#cells[row];
    if (cells !== undefined && column >= 0 && column < this.#columns) cells[column] = cell;
  }
}

/** Unicode's numbering of the eight dots, by row and column. */
const dotBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
