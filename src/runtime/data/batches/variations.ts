import type { AugmentedBy, AugmentSettings } from '../../../compiler/index.ts';
import { type Displacement, type Grid, type Size, warp } from '../../images/grid.ts';
import { type Key, type Random, stream } from '../../random/random.ts';

/**
 * Variations of an image that are more than one number: noise, blur, brightness, contrast, resolution, bias field, and the
 * elastic displacement that image and mask share. Each draws from a stream of its own, so none changes another.
 */

/** The stream of one kind of variation of one image in one epoch. */
export type StreamOf = (kind: AugmentedBy) => Random;

/** @param showing how often the epoch has shown the image before */
export function variationStreams(seed: number, epoch: number, image: Key, showing = 0): StreamOf {
  return (kind) => stream(seed, 'vary', epoch, image, showing, kind);
}

/** Whether a variation is made, by the toss of a coin from its stream, which then gives its strength. */
function isMade({ chance = {} }: AugmentSettings, kind: AugmentedBy, random: Random): boolean {
  return random.chance(chance[kind] ?? 1);
}

/** Changes values only, never where they are, in this order; each works on what the one before made. */
const intensityKinds = ['bias_field', 'noise', 'blur', 'brightness', 'contrast', 'resolution'] as const;

type Intensity = (image: Grid, strength: number, random: Random) => Grid;

const variations: Readonly<Record<(typeof intensityKinds)[number], Intensity>> = {
  bias_field: withBiasField,
  noise: (image, strength, random) => {
    const size = strength * momentsOf(image).deviation;
    return changed(image, (value) => value + random.normal(0, size));
  },
  blur: (image, deviation) => blurred(image, deviation),
  brightness: (image, factor) => changed(image, (value) => value * factor),
  contrast: (image, factor) => {
    const { mean, low, high } = momentsOf(image);
    return changed(image, (value) => Math.min(high, Math.max(low, mean + factor * (value - mean))));
  },
  resolution: (image, share) => {
    const size = { height: Math.ceil(image.height * share), width: Math.ceil(image.width * share) };
    const coarse = warp(image, size, scaled(image, size), 'nearest', 'edge');
    return warp(coarse, image, scaled(size, image), 'bilinear', 'edge');
  },
};

/** The image with all variations of its values that the settings ask for. */
export function varyValues(image: Grid, settings: AugmentSettings, streamOf: StreamOf): Grid {
  return intensityKinds.reduce((before, kind) => {
    const range = settings[kind];
    if (range == null) return before;
    const random = streamOf(kind);
    if (!isMade(settings, kind, random)) return before;
    return variations[kind](before, random.uniform(range[0], range[1]), random);
  }, image);
}

/** Control points of a displacement along each side, beyond which it is smooth. */
const controls = 6;

/**
 * How far each pixel is displaced, in pixels: cubic B-splines through random points, so strong that the root mean square of
 * both directions together is as drawn. Null where none is made.
 */
export function elasticDisplacement(
  settings: AugmentSettings,
  streamOf: StreamOf,
  { height, width }: Size,
): Displacement | null {
  const range = settings.elastic;
  if (range == null) return null;
  const random = streamOf('elastic');
  if (!isMade(settings, 'elastic', random)) return null;
  const wanted = random.uniform(range[0], range[1]) * Math.min(height, width);
  const draw = () => splineField(random, height, width);
  const [rows, columns] = [draw(), draw()];
  let squares = 0;
  for (let pixel = 0; pixel < rows.length; pixel += 1) squares += rows[pixel]! ** 2 + columns[pixel]! ** 2;
  const factor = squares === 0 ? 0 : wanted / Math.sqrt(squares / rows.length);
  return { rows: rows.map((value) => factor * value), columns: columns.map((value) => factor * value) };
}

/** A smooth random field `[height, width]` of uniform cubic B-splines. */
function splineField(random: Random, height: number, width: number): Float32Array {
  const points = controls + 3;
  const grid = Array.from({ length: points * points }, () => random.normal());
  const taps = (size: number) =>
    Array.from({ length: size }, (_, at) => {
      const place = ((at + 0.5) / size) * controls;
      const first = Math.min(controls - 1, Math.floor(place));
      return { first, weights: splineWeights(place - first) };
    });
  const [down, across] = [taps(height), taps(width)];
  const out = new Float32Array(height * width);
  for (const [row, vertical] of down.entries()) {
    // The row of control points at this height.
    const line = Array.from({ length: points }, (_, column) =>
      vertical.weights.reduce(
        (sum, weight, tap) => sum + weight * grid[(vertical.first + tap) * points + column]!,
        0,
      ),
    );
    for (const [column, { first, weights }] of across.entries()) {
      out[row * width + column] =
        weights[0]! * line[first]! +
        weights[1]! * line[first + 1]! +
        weights[2]! * line[first + 2]! +
        weights[3]! * line[first + 3]!;
    }
  }
  return out;
}

function splineWeights(t: number): readonly [number, number, number, number] {
  return [
    (1 - t) ** 3 / 6,
    (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
    (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6,
    t ** 3 / 6,
  ];
}

/** Times `exp(strength · p)`, p a random polynomial of the third degree whose largest size over the image is 1. */
function withBiasField(image: Grid, strength: number, random: Random): Grid {
  const { height, width, channels } = image;
  const powers = [1, 2, 3].flatMap((degree) =>
    Array.from({ length: degree + 1 }, (_, of) => ({
      row: of,
      column: degree - of,
      factor: random.uniform(-1, 1),
    })),
  );
  const field = new Float32Array(height * width);
  let largest = 0;
  for (let row = 0, at = 0; row < height; row += 1) {
    const y = (2 * row + 1) / height - 1;
    for (let column = 0; column < width; column += 1, at += 1) {
      const x = (2 * column + 1) / width - 1;
      const value = powers.reduce((sum, power) => sum + power.factor * y ** power.row * x ** power.column, 0);
      field[at] = value;
      largest = Math.max(largest, Math.abs(value));
    }
  }
  const scale = largest === 0 ? 0 : strength / largest;
  return changed(image, (value, index) => value * Math.exp(scale * field[Math.floor(index / channels)]!));
}

/** By a Gaussian, along columns and then along rows; the border's values go on beyond it. */
function blurred(image: Grid, deviation: number): Grid {
  if (deviation === 0) return image;
  const reach = Math.ceil(3 * deviation);
  const raw = Array.from({ length: 2 * reach + 1 }, (_, tap) =>
    Math.exp(-((tap - reach) ** 2) / (2 * deviation ** 2)),
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const weights = raw.map((weight) => weight / sum);
  const { height, width, channels } = image;
  const along = (values: Float32Array, length: number, step: number): Float32Array =>
    values.map((_, index) => {
      const place = Math.floor(index / step) % length;
      let total = 0;
      for (let tap = -reach; tap <= reach; tap += 1) {
        const other = Math.min(length - 1, Math.max(0, place + tap));
        total += weights[tap + reach]! * values[index + (other - place) * step]!;
      }
      return total;
    });
  return { ...image, values: along(along(image.values, height, width * channels), width, channels) };
}

function changed(image: Grid, change: (value: number, index: number) => number): Grid {
  return { ...image, values: image.values.map(change) };
}

/** Where pixels of the second size lie in the first, centre to centre. */
function scaled(from: Size, to: Size): Parameters<typeof warp>[2] {
  const [down, across] = [from.height / to.height, from.width / to.width];
  return { rows: [down, 0, (down - 1) / 2], columns: [0, across, (across - 1) / 2] };
}

function momentsOf({ values }: Grid) {
  let [sum, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    sum += value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const mean = sum / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { mean, low, high, deviation: Math.sqrt(squares / values.length) };
}
