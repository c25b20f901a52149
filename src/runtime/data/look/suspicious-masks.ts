import type { Grid } from '../../images/grid.ts';

/** Parts smaller than this share of a mask are specks. */
const speck = 0.02;

/** What is unusual about a mask, in words. A mask without any structure is not: slices beyond the heart have none. */
export function suspicions(mask: Grid): readonly string[] {
  const { height, width, values } = mask;
  const found: string[] = [];
  if (values.some((value) => !Number.isInteger(value))) found.push('it has values between whole numbers');
  if (touchesBorder(mask)) found.push('it touches the border of the image');
  const parts = partsOf(values, height, width);
  const area = parts.reduce((sum, size) => sum + size, 0);
  const specks = parts.filter((size) => size < speck * area).length;
  if (specks > 0) found.push(`it has ${specks} ${specks === 1 ? 'speck' : 'specks'} apart from the rest`);
  if (area > 0.6 * values.length) found.push('it covers most of the image');
  return found;
}

function touchesBorder({ height, width, values }: Grid): boolean {
  for (let column = 0; column < width; column += 1) {
    if (values[column] !== 0 || values[(height - 1) * width + column] !== 0) return true;
  }
  for (let row = 0; row < height; row += 1) {
    if (values[row * width] !== 0 || values[row * width + width - 1] !== 0) return true;
  }
  return false;
}

/** The sizes of connected parts of what is not background, corners connecting. */
function partsOf(values: Float32Array, height: number, width: number): readonly number[] {
  const seen = new Uint8Array(values.length);
  const sizes: number[] = [];
  for (let start = 0; start < values.length; start += 1) {
    if (values[start] === 0 || seen[start] === 1) continue;
    seen[start] = 1;
    const open = [start];
    let size = 0;
    for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
      size += 1;
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
        for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x += 1) {
          const next = y * width + x;
          if (values[next] === 0 || seen[next] === 1) continue;
          seen[next] = 1;
          open.push(next);
        }
      }
    }
    sizes.push(size);
  }
  return sizes;
}
