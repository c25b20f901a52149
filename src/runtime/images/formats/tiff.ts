import { decode, pageCount } from 'tiff';
import type { Damage } from '../damage.ts';
import { tooLarge, type Volume } from './volume.ts';

/** A TIFF file: grey or colour, its pages are slices. */
export function readTiff(bytes: Uint8Array): Volume | Damage {
  try {
    const pages = pageCount(bytes);
    const sizes = decode(bytes, { ignoreImageData: true });
    const first = sizes[0];
    if (first === undefined || sizes.length !== pages) return { damage: 'it has no page' };
    const size = ({ width, height, components }: (typeof sizes)[number]) =>
      `${width}×${height}×${components}`;
    if (sizes.some((page) => size(page) !== size(first))) return { damage: 'its pages differ in size' };
    const { width: columns, height: rows, components: channels } = first;
    const large = tooLarge([pages, rows, columns, channels]);
    if (large !== null) return large;
    const values = new Float32Array(pages * rows * columns * channels);
    const each = rows * columns * channels;
    for (const [index, page] of decode(bytes).entries()) {
      if (page.data.length < each) return { damage: 'the file ends within its pixels' };
      values.set(page.data.subarray(0, each), index * each);
    }
    return {
      ...{ columns, rows, slices: pages, frames: 1, channels, values },
      ...{ spacing: null, affine: null, source: { kind: 'array' } },
    };
  } catch (problem) {
    return { damage: (problem instanceof Error ? problem.message : String(problem)).slice(0, 120) };
  }
}
