import { type Grid, type Size, warp } from '../../images/grid.ts';
import type { Random } from '../../random/random.ts';
import { clip } from './anatomy.ts';
import type { Preset } from './cohort.ts';
import type { Geometry, Tissue } from './tissue.ts';

/** What the scanner and the person do during one breath-hold. */
export interface Acquisition {
  /** Inversion times, ms: when each image of the series is taken. */
  readonly times: readonly number[];
  /** Deviation of the point spread, mm. */
  readonly blur: number;
  /** Displacement of each image, mm down and to the right. */
  readonly motion: readonly (readonly [number, number])[];
  /** Deviation of the noise in each of the two channels; blood has the signal 1. */
  readonly noise: number;
  /** Off-resonance across the heart, Hz, and the direction in which it grows. */
  readonly offResonance: number;
  readonly direction: number;
}

/** The magnetisation that MOLLI's readout drives recovers faster than it would alone. */
const lookLocker = 0.8;

/** MOLLI 5(3)3: five images after the first inversion, three after the second, one per heartbeat. */
export function inversionTimes(interval: number): readonly number[] {
  const after = (first: number, count: number) =>
    Array.from({ length: count }, (_, beat) => first + beat * interval);
  return [...after(120, 5), ...after(200, 3)];
}

/** Draws the circumstances of one slice. */
export function drawAcquisition(random: Random, preset: Preset): Acquisition {
  const interval = clip(random.normal(900, 120), 600, 1300);
  const spoiled = random.chance(preset.spoiled);
  const fullWidthToDeviation = 2 * Math.sqrt(2 * Math.log(2));
  return {
    times: inversionTimes(interval).map((time) => Math.max(100, time + random.normal(0, 5))),
    blur: random.uniform(2.1, 2.6) / fullWidthToDeviation,
    motion: inversionTimes(interval).map(() => {
      const size = spoiled && random.chance(0.4) ? 2.2 : 0.45;
      return [random.normal(0, size), random.normal(0, size)] as const;
    }),
    noise: 1 / random.uniform(...preset.signalToNoise),
    offResonance: Math.max(30, random.normal(125, 40)),
    direction: random.uniform(-0.6, 0.9),
  };
}

/**
 * The series of images, one `[height, width]` per inversion time, with their sign:
 * S(t) = A − B·exp(−t/T1*), B = A·(T1/T1* + 1), averaged over the slice, blurred, displaced, noisy.
 */
export function acquire(
  sheets: readonly Tissue[],
  geometry: Geometry,
  acquisition: Acquisition,
  random: Random,
): readonly Float32Array[] {
  const times = apparentTimes(sheets, geometry, acquisition);
  return acquisition.times.map((time, index) => {
    const signal = recover(sheets, times, time);
    const blurred = blur(signal, geometry, acquisition.blur / geometry.spacing);
    const [down, right] = acquisition.motion[index]!;
    const moved = displace(blurred, geometry, down / geometry.spacing, right / geometry.spacing);
    return addNoise(moved, acquisition.noise, random);
  });
}

/**
 * T1 as the sequence feels it. Off-resonance shortens it by 0.004 ms/Hz² (Kellman 2013); the field changes across the heart
 * and most at the inferolateral wall, beside the lung.
 */
function apparentTimes(
  sheets: readonly Tissue[],
  { x, y }: Geometry,
  { offResonance, direction }: Acquisition,
): readonly Float32Array[] {
  const shortening = Float32Array.from(x, (right, pixel) => {
    const down = y[pixel]!;
    const ramp = (right * Math.cos(direction) + down * Math.sin(direction)) / 35;
    const bump = Math.exp(-((right - 30) ** 2 + (down - 24) ** 2) / (2 * 14 ** 2));
    return Math.min(400, 0.004 * (offResonance * (0.5 * ramp + 0.6 * bump)) ** 2);
  });
  return sheets.map(({ T1 }) => T1.map((time, pixel) => clip(time - shortening[pixel]!, 150, 3500)));
}

function recover(sheets: readonly Tissue[], times: readonly Float32Array[], at: number): Float32Array {
  const signal = new Float32Array(times[0]!.length);
  for (const [index, { density }] of sheets.entries()) {
    const T1 = times[index]!;
    for (let pixel = 0; pixel < signal.length; pixel += 1) {
      const recovery = 1 - (1 / lookLocker + 1) * Math.exp(-at / (lookLocker * T1[pixel]!));
      signal[pixel]! += (density[pixel]! * recovery) / sheets.length;
    }
  }
  return signal;
}

/** Convolves with a Gaussian of the given deviation in pixels; the border repeats. */
export function blur(signal: Float32Array, { height, width }: Size, deviation: number): Float32Array {
  const reach = Math.max(1, Math.ceil(3 * deviation));
  const taps = Array.from({ length: 2 * reach + 1 }, (_, tap) =>
    Math.exp(-(((tap - reach) / deviation) ** 2) / 2),
  );
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  const kernel = Float32Array.from(taps, (tap) => tap / total);
  return alongAxis(alongAxis(signal, kernel, height, width, width, 1), kernel, width, height, 1, width);
}

/** Convolves `lines` lines of `length` pixels, which lie `lineStep` and `step` apart in memory. */
function alongAxis(
  signal: Float32Array,
  kernel: Float32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
): Float32Array {
  const reach = (kernel.length - 1) / 2;
  const out = new Float32Array(signal.length);
  for (let line = 0; line < lines; line += 1) {
    const start = line * lineStep;
    for (let position = 0; position < length; position += 1) {
      let sum = 0;
      for (let tap = -reach; tap <= reach; tap += 1) {
        const from = Math.min(Math.max(position + tap, 0), length - 1);
        sum += kernel[tap + reach]! * signal[start + from * step]!;
      }
      out[start + position * step] = sum;
    }
  }
  return out;
}

function displace(signal: Float32Array, { height, width }: Size, down: number, right: number): Float32Array {
  const grid: Grid = { height, width, channels: 1, values: signal };
  return warp(grid, grid, { rows: [1, 0, -down], columns: [0, 1, -right] }, 'bilinear', 'edge').values;
}

/** Magnitude of a complex signal with noise in both channels (Rician); the sign is that of its noisy real part. */
function addNoise(signal: Float32Array, deviation: number, random: Random): Float32Array {
  return signal.map((value) => {
    const real = value + random.normal(0, deviation);
    const imaginary = random.normal(0, deviation);
    return Math.sign(real) * Math.sqrt(real * real + imaginary * imaginary);
  });
}
