import type { Intensity } from '../../compiler/index.ts';
import { channelOf, joinChannels } from './channels.ts';
import type { Grid } from './grid.ts';

/**
 * Brings an image to the network's range, each channel by itself.
 * @param intensity one way for all channels, or one for each channel of the files, which neighbouring slices take in turn
 */
export function scaleChannels(image: Grid, intensity: Intensity | readonly Intensity[]): Grid {
  const ways = 'kind' in intensity ? [intensity] : intensity;
  return joinChannels(
    Array.from({ length: image.channels }, (_, channel) => {
      const own = channelOf(image, channel);
      return { ...own, values: scaleIntensity(own.values, ways[channel % ways.length]!) };
    }),
  );
}

/**
 * Brings the values of one channel to the network's range. Works on the whole image before it is fitted, so that padding takes
 * no part in the statistics. An image without contrast becomes zero under `zscore`, `minmax` and `percentile`.
 */
export function scaleIntensity(values: Float32Array, intensity: Intensity): Float32Array {
  switch (intensity.kind) {
    case 'fixed':
      return values.map((value) => clip(value / intensity.scale, intensity.low, intensity.high));
    case 'zscore': {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return stretch(values, mean, Math.sqrt(variance));
    }
    case 'minmax': {
      const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
      const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
      return stretch(values, low, high - low);
    }
    case 'percentile': {
      const sorted = Float32Array.from(values).sort();
      const low = quantile(sorted, intensity.low);
      const high = quantile(sorted, intensity.high);
      return stretch(values, low, high - low).map((value) => clip(value, 0, 1));
    }
  }
}

/** The quantile of ascending values, linear between neighbours: `fraction` 0 is the first value, 1 the last. */
export function quantile(sorted: ArrayLike<number>, fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const first = sorted[below] ?? Number.NaN;
  const second = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return first + (place - below) * (second - first);
}

function stretch(values: Float32Array, zero: number, unit: number): Float32Array {
  return unit > 0 ? values.map((value) => (value - zero) / unit) : new Float32Array(values.length);
}

function clip(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
