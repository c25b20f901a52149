/** A character cell of a frame. */
export interface Cell {
  readonly text: string;
  readonly front: string;
  readonly back: string | null;
  readonly bold: boolean;
  readonly faint: boolean;
}

interface Style {
  front: string | null;
  back: string | null;
  bold: boolean;
  faint: boolean;
  inverse: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of
const sequence = /\u001b\[([\d;]*)m/;

/** The characters of a line with the colours that its escape sequences give them. */
export function cellsOf(
  text: string,
  colours: { readonly ground: string; readonly text: string },
): readonly Cell[] {
  const cells: Cell[] = [];
  const style: Style = { front: null, back: null, bold: false, faint: false, inverse: false };
  for (const [index, part] of text.split(sequence).entries()) {
    // Every second part is what stood between the brackets of a sequence.
    if (index % 2 === 1) {
      apply(style, part.split(';').map(Number));
      continue;
    }
    const front = style.front ?? colours.text;
    for (const character of part) {
      cells.push({
        text: character,
        front: style.inverse ? (style.back ?? colours.ground) : front,
        back: style.inverse ? front : style.back,
        bold: style.bold,
        faint: style.faint,
      });
    }
  }
  return cells;
}

function apply(style: Style, codes: readonly number[]): void {
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index]!;
    if (code === 0)
      Object.assign(style, { front: null, back: null, bold: false, faint: false, inverse: false });
    else if (code === 1) style.bold = true;
    else if (code === 2) style.faint = true;
    else if (code === 7) style.inverse = true;
    else if ((code === 38 || code === 48) && codes[index + 1] === 2) {
      const colour = `#${codes
        .slice(index + 2, index + 5)
        .map((value) => value.toString(16).padStart(2, '0'))
        .join('')}`;
      if (code === 38) style.front = colour;
      else style.back = colour;
      index += 4;
    }
  }
}
