/**
 * Clears all but the largest connected component of a mask `[height, width]` of zeros and ones, in place. Pixels that
 * share a side belong together; of equally large components the one that comes first row by row stays.
 */
export function keepLargestComponent(mask: Uint8Array, height: number, width: number): void {
  const labels = new Int32Array(mask.length);
  const stack: number[] = [];
  let [count, best, bestSize] = [0, 0, 0];
  for (let seed = 0; seed < mask.length; seed++) {
    if (mask[seed] === 0 || labels[seed] !== 0) continue;
    count += 1;
    let size = 0;
    labels[seed] = count;
    stack.push(seed);
    for (let pixel = stack.pop(); pixel !== undefined; pixel = stack.pop()) {
      size += 1;
      const column = pixel % width;
      const neighbours = [
        pixel >= width ? pixel - width : -1,
        pixel < (height - 1) * width ? pixel + width : -1,
        column > 0 ? pixel - 1 : -1,
        column < width - 1 ? pixel + 1 : -1,
      ];
      for (const next of neighbours) {
        if (next < 0 || mask[next] === 0 || labels[next] !== 0) continue;
        labels[next] = count;
        stack.push(next);
      }
    }
    if (size > bestSize) [best, bestSize] = [count, size];
  }
  for (let pixel = 0; pixel < mask.length; pixel++) if (labels[pixel] !== best) mask[pixel] = 0;
}
