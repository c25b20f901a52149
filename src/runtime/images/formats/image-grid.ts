import { apply, invert } from './affine.ts';
import type { Affine, Volume } from './volume.ts';

/** A mask, or a further channel, in the order of its image's pixels, and what had to be done to it; or why it cannot be. */
export type OnGrid =
  | { readonly volume: Volume; readonly remark: string | null }
  | { readonly reason: string };

/** What is brought to an image's grid: a mask may lie outside of it or cover a part, a channel has to cover it all. */
export type Companion = 'mask' | 'channel';

/** Pixels that lie this close, in pixels of the image, lie on each other. */
const close = 0.1;
const axes = ['columns', 'rows', 'slices'] as const;

/**
 * Brings a mask or a channel to its image's grid by what both files say of their places: mirrored, with other axes, shifted or cut out
 * by whole pixels. Nothing is interpolated, so what lies between the pixels is refused. Where one file says no place,
 * pixels are taken as they are stored.
 */
export function onGridOf(image: Volume, mask: Volume, kind: Companion): OnGrid {
  const [size, own] = [sizeOf(image), sizeOf(mask)];
  const equal = image.frames === mask.frames && size.every((one, axis) => one === own[axis]);
  if ((kind === 'mask' && mask.channels !== 1) || image.frames !== mask.frames)
    return { reason: sizes(image, mask, kind) };
  if (image.affine === null || mask.affine === null) {
    if (!equal) return { reason: sizes(image, mask, kind) };
    const silent = [image, mask].filter(
      ({ affine, source }) => affine === null && (source.kind === 'nifti' || source.kind === 'dicom'),
    );
    const whose = silent[0] === image ? 'its image' : 'it';
    const remark = `${whose} does not say where it lies, so its pixels are taken as they are stored`;
    return { volume: mask, remark: silent.length === 1 ? remark : null };
  }
  const step = stepsBetween(image.affine, mask.affine, own);
  if (typeof step === 'number') {
    return {
      reason: `its ${kind} lies between the pixels of its image, by up to ${Number(step.toPrecision(3))} of them`,
    };
  }
  if (
    equal &&
    step.turns.every(({ axis, sign }, along) => axis === along && sign === 1) &&
    !step.shift.some(Boolean)
  )
    return { volume: mask, remark: null };
  const moved = move(image, mask, step);
  if (kind === 'channel' && !moved.whole) return { reason: 'its channel covers a part of its image alone' };
  if (moved.inside === 0 && moved.outside > 0) return { reason: 'its mask lies wholly outside of its image' };
  const lost =
    moved.outside === 0 ? '' : `; ${moved.outside} pixels of its structures lie outside and are lost`;
  return {
    volume: moved.mask,
    remark: `${wordsOf(step, size, own, kind)}: it is brought to its image's grid${lost}`,
  };
}

/** Where the pixels of a mask come to lie: along which axis of the image each of its own runs, and from which pixel. */
interface Steps {
  readonly turns: readonly { readonly axis: number; readonly sign: 1 | -1 }[];
  readonly shift: readonly number[];
}

type Size = readonly [columns: number, rows: number, slices: number];

function sizeOf({ columns, rows, slices }: Volume): Size {
  return [columns, rows, slices];
}

/** The steps, or by how many pixels whole steps miss. */
function stepsBetween(image: Affine, mask: Affine, size: Size): Steps | number {
  const back = invert(image);
  const there = (point: readonly number[]) => apply(back, apply(mask, point));
  const origin = there([0, 0, 0]);
  const free = new Set([0, 1, 2]);
  const turns: { axis: number; sign: 1 | -1 }[] = [];
  const long = [0, 1, 2].filter((axis) => size[axis]! > 1);
  for (const own of long) {
    const along = there([0, 1, 2].map((axis) => Number(axis === own))).map(
      (value, axis) => value - origin[axis]!,
    );
    const axis = [...free].sort((one, other) => Math.abs(along[other]!) - Math.abs(along[one]!))[0]!;
    free.delete(axis);
    turns[own] = { axis, sign: along[axis]! < 0 ? -1 : 1 };
  }
  // An axis of one pixel runs along whichever is left, its own where it can.
  for (const own of [0, 1, 2].filter((axis) => size[axis]! <= 1)) {
    const axis = free.has(own) ? own : [...free][0]!;
    free.delete(axis);
    turns[own] = { axis, sign: 1 };
  }
  const shift = origin.map(Math.round);
  const miss = Math.max(
    ...Array.from({ length: 8 }, (_, corner) => {
      const point = size.map((count, axis) => ((corner >> axis) & 1) * (count - 1));
      const exact = there(point);
      const whole = [...shift];
      for (const [own, { axis, sign }] of turns.entries()) whole[axis]! += sign * point[own]!;
      return Math.max(...exact.map((value, axis) => Math.abs(value - whole[axis]!)));
    }),
  );
  return miss <= close ? { turns, shift } : miss;
}

function move(
  image: Volume,
  mask: Volume,
  { turns, shift }: Steps,
): {
  readonly mask: Volume;
  /** Whether every pixel of the image has one. */
  readonly whole: boolean;
  readonly inside: number;
  readonly outside: number;
} {
  const [size, own] = [sizeOf(image), sizeOf(mask)];
  const each = size[0] * size[1] * size[2];
  const { channels } = mask;
  const values = new Float32Array(image.frames * each * channels);
  let [inside, outside, covered] = [0, 0, 0];
  for (let index = 0; index < mask.values.length / channels; index += 1) {
    const pixel = mask.values.subarray(index * channels, (index + 1) * channels);
    const empty = pixel.every((value) => value === 0);
    const [x, y, z] = [
      index % own[0],
      Math.floor(index / own[0]) % own[1],
      Math.floor(index / own[0] / own[1]) % own[2],
    ];
    const place = [...shift] as [number, number, number];
    for (const [along, { axis, sign }] of turns.entries()) place[axis]! += sign * [x, y, z][along]!;
    if (place.some((at, axis) => at < 0 || at >= size[axis]!)) {
      if (!empty) outside += 1;
      continue;
    }
    covered += 1;
    if (!empty) inside += 1;
    const frame = Math.floor(index / (own[0] * own[1] * own[2]));
    values.set(pixel, (frame * each + (place[2] * size[1] + place[1]) * size[0] + place[0]) * channels);
  }
  const [columns, rows, slices] = size;
  const { spacing, affine } = image;
  const moved = { ...mask, columns, rows, slices, spacing, affine, values };
  return { mask: moved, whole: covered === image.frames * each, inside, outside };
}

function wordsOf({ turns, shift }: Steps, size: Size, own: Size, kind: Companion): string {
  const mirrored = turns.flatMap(({ axis, sign }) => (sign < 0 ? [axes[axis]!] : []));
  const exchanged = turns.some(({ axis }, along) => axis !== along);
  const start = turns.map(({ axis, sign }, along) =>
    sign < 0 ? shift[axis]! - own[along]! + 1 : shift[axis]!,
  );
  const apart = start.some(Boolean) || turns.some(({ axis }, along) => size[axis] !== own[along]);
  return `its ${kind} ${[
    ...(exchanged ? ['has other axes'] : []),
    ...(mirrored.length > 0 ? [`is mirrored along ${mirrored.join(' and ')}`] : []),
    ...(apart ? ['covers another part of the patient'] : []),
  ].join(' and ')}`;
}

function sizes(image: Volume, mask: Volume, kind: Companion): string {
  const words = [mask, image].map(({ frames, slices, rows, columns, channels }) =>
    [frames * slices, rows, columns, ...(channels === 1 ? [] : [channels])].join('×'),
  );
  return `its ${kind} is ${words[0]}, the image ${words[1]}`;
}
