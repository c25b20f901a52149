import type { Intensity } from '../../../plan/run-plan.ts';
import type { GraphWriter } from './graph-writer.ts';

/**
 * Brings images to the network's range, each and each channel by itself, before they are fitted.
 * @param image `[batch, channels, rows, columns]`
 * @param intensity one way for all channels, or one for each channel of the files, which neighbouring slices take in turn
 */
export function scaledIntensity(
  w: GraphWriter,
  image: string,
  channels: number,
  intensity: Intensity | readonly Intensity[],
): string {
  if ('kind' in intensity) return scaled(w, image, channels, intensity);
  const parts = Array.from({ length: channels }, (_, channel) =>
    scaled(w, w.slice(image, 1, channel, 1), 1, intensity[channel % intensity.length]!),
  );
  return w.concat(parts, 1);
}

function scaled(w: GraphWriter, x: string, channels: number, intensity: Intensity): string {
  switch (intensity.kind) {
    case 'fixed':
      return clipped(w, w.node('Div', [x, w.scalar(intensity.scale)]), intensity.low, intensity.high);
    case 'zscore': {
      const away = w.node('Sub', [x, w.mean(x, 2, 3)]);
      const deviation = w.node('Sqrt', [w.mean(w.node('Mul', [away, away]), 2, 3)]);
      return stretched(w, away, deviation);
    }
    case 'minmax': {
      const [low, high] = ['ReduceMin', 'ReduceMax'].map((op) => w.node(op, [x, w.ints(2, 3)]));
      return stretched(w, w.node('Sub', [x, low!]), w.node('Sub', [high!, low!]));
    }
    case 'percentile': {
      const flat = w.reshape(x, w.ints(0, channels, -1));
      const count = w.size(flat, 2);
      const [sorted] = w.model.nodes(
        'TopK',
        [flat, count],
        { axis: 2, largest: 0, sorted: 1 },
        { results: 2 },
      );
      const [low, high] = [intensity.low, intensity.high].map((fraction) =>
        quantile(w, sorted!, count, fraction),
      );
      const range = w.node('Sub', [high!, low!]);
      return clipped(w, stretched(w, w.node('Sub', [x, low!]), range), 0, 1);
    }
  }
}

/** The quantile of ascending values along the last axis, linear between neighbours: `[batch, channels, 1, 1]`. */
function quantile(w: GraphWriter, sorted: string, count: string, fraction: number): string {
  const last = w.node('Sub', [count, w.ints(1)]);
  const place = w.node('Mul', [w.cast(last, 'double'), w.model.doubles([1], [fraction])]);
  const below = w.node('Floor', [place]);
  const lower = w.cast(below, 'int64');
  const upper = w.node('Min', [w.node('Add', [lower, w.ints(1)]), last]);
  const [first, second] = [lower, upper].map((index) => w.node('Gather', [sorted, index], { axis: 2 }));
  const share = w.cast(w.node('Sub', [place, below]), 'float');
  const between = w.node('Mul', [share, w.node('Sub', [second!, first!])]);
  return w.node('Unsqueeze', [w.node('Add', [first!, between]), w.ints(3)]);
}

/** An image without contrast becomes zero. */
function stretched(w: GraphWriter, x: string, unit: string): string {
  const flat = w.node('Not', [w.node('Greater', [unit, w.scalar(0)])]);
  const divisor = w.node('Where', [flat, w.scalar(1), unit]);
  return w.node('Where', [flat, w.scalar(0), w.node('Div', [x, divisor])]);
}

function clipped(w: GraphWriter, x: string, low: number, high: number): string {
  return w.node('Clip', [x, w.scalar(low), w.scalar(high)]);
}
