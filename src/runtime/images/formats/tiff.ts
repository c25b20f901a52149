import { decode, pageCount } from 'tiff';
import type { Damage } from '../damage.ts';
import { oddities } from './findings.ts';
import { halfFloats } from './half-float.ts';
import { tooLarge, type Volume } from './volume.ts';

type Page = ReturnType<typeof decode>[number];

/** A TIFF file: grey, or several channels; its pages are slices. */
export function readTiff(bytes: Uint8Array): Volume | Damage {
  try {
    const pages = pageCount(bytes);
    const sizes = decode(bytes, { ignoreImageData: true });
    const first = sizes[0];
    if (first === undefined || sizes.length !== pages) return { damage: 'it has no page' };
    const size = ({ width, height, components }: Page) => `${width}×${height}×${components}`;
    if (sizes.some((page) => size(page) !== size(first))) return { damage: 'its pages differ in size' };
    const { width: columns, height: rows, components: channels } = first;
    const large = tooLarge([pages, rows, columns, channels]);
    if (large !== null) return large;
    const declared = declaredImages(first);
    if (declared > pages) return { damage: `it says that it holds ${declared} images, and lists ${pages}` };
    for (const page of sizes) {
      const reason = unread(page);
      if (reason !== null) return { damage: reason };
    }
    const values = new Float32Array(pages * rows * columns * channels);
    const each = rows * columns * channels;
    for (const [index, page] of decode(bytes).entries()) {
      const found = numbersOf(page);
      if (found.length < each) return { damage: 'the file ends within its pixels' };
      values.set(found.subarray(0, each), index * each);
    }
    return {
      ...{ columns, rows, slices: pages, frames: 1, channels, values },
      ...{ spacing: null, affine: null, source: { kind: 'picture' } },
      ...(first.type === whiteIsZero
        ? { findings: oddities(['its white is 0: its values are turned over']) }
        : {}),
    };
  } catch (problem) {
    return { damage: (problem instanceof Error ? problem.message : String(problem)).slice(0, 120) };
  }
}

/** Some programs write large stacks as one page, and how many images follow it in its description. */
function declaredImages({ imageDescription: words, width, height, components }: Page): number {
  const stack = /^images=(\d+)\s*$/m.exec(words ?? '')?.[1];
  if (stack !== undefined) return Number(stack);
  const shape = /"shape": \[([\d, ]+)\]/.exec(words ?? '')?.[1];
  const count = shape?.split(',').reduce((product, size) => product * Number(size), 1);
  return count === undefined ? 1 : count / (width * height * components);
}

const whiteIsZero = 0;

const sampleFormats: Readonly<Record<number, string>> = {
  1: 'unsigned',
  2: 'signed',
  3: 'float',
};
/** Samples that {@link numbersOf} reads: format and bits. */
const readSamples = ['unsigned 1', 'unsigned 8', 'unsigned 16', 'signed 8', 'signed 16'].concat([
  'float 16',
  'float 32',
  'float 64',
]);

/** What the library would read wrongly, or leave empty, without a word. */
function unread(page: Page): string | null {
  const { bitsPerSample: bits, components, width, height, type } = page;
  const format = sampleFormats[page.sampleFormat] ?? 'complex or undefined';
  if (bits === undefined) return 'it does not say how many bits its samples have';
  const every = (name: string) => [page.get(name)].flat().every((one, _, all) => one === all[0]);
  if (!every('BitsPerSample') || !every('SampleFormat')) return 'its channels differ in their type';
  if (!readSamples.includes(`${format} ${bits}`)) {
    return `its samples are ${format} of ${bits} bits, which are not read: save them as 16 bits or as 32-bit floats`;
  }
  if (type === whiteIsZero && format !== 'unsigned') return 'its white is 0, though its samples have signs';
  if (page.fillOrder !== 1) return 'its bits lie in reverse order, which is not read';
  if (components > 1 && page.planarConfiguration !== 1) return 'its channels lie apart, which is not read';
  if (page.alpha) return 'it has an alpha channel';
  const depth: unknown = page.fields.get(imageDepth);
  if (typeof depth === 'number' && depth > 1) return 'its pages are volumes, which is not read';
  if (page.tiled && (components > 1 || bits === 1))
    return 'it has tiles of colours or bits, which are not read';
  const parts = page.tiled
    ? Math.ceil(width / page.tileWidth!) * Math.ceil(height / page.tileHeight!)
    : Math.ceil(height / page.rowsPerStrip);
  const offsets = (page.tiled ? page.tileOffsets : page.stripOffsets)?.length ?? 0;
  const counts = (page.tiled ? page.tileByteCounts : page.stripByteCounts)?.length ?? offsets;
  return offsets < parts || counts < parts ? `it has ${offsets} of its ${parts} parts` : null;
}

/** The tag of SGI's volumes. */
const imageDepth = 32997;

/** The library takes whole numbers for unsigned and has no 16-bit floats; their bits are right. */
function numbersOf({ data, sampleFormat, bitsPerSample }: Page): Float32Array {
  const format = sampleFormats[sampleFormat];
  if (format === 'float' && bitsPerSample === 16) return halfFloats(data);
  if (format !== 'signed') return Float32Array.from(data);
  const half = 2 ** (bitsPerSample - 1);
  return Float32Array.from(data, (value) => (value >= half ? value - 2 * half : value));
}
