/** A position as editors count it: both numbers start at 0, characters are UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A text with its path and a table of line starts. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    const starts = [0];
    for (const { 0: found, index } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + found.length);
    this.#lineStarts = starts;
  }

  /** The number of lines; a text that ends with a line break has an empty last line. */
  get lineCount(): number {
    return this.#lineStarts.length;
  }

  /** The line and character of an offset. Offsets past the end are taken as the end. */
  position(offset: number): Position {
    const bounded = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= bounded) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: bounded - this.#lineStarts[low]! };
  }

  /** The offset of a line's first character. */
  lineStart(line: number): number {
    return this.#lineStarts[line] ?? this.text.length;
  }

  /** The text of a line without its line break. */
  line(line: number): string {
    return this.text.slice(this.lineStart(line), this.lineStart(line + 1)).replace(/[\r\n]+$/, '');
  }
}
