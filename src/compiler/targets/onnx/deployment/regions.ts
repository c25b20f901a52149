import type { DataPlan, EvaluateSettings, HeadPlan } from '../../../plan/run-plan.ts';
import { OnnxModel } from '../model.ts';
import { GraphWriter } from './graph-writer.ts';

/**
 * A head's probabilities `[batch, channels, rows, columns]` as masks `[batch, rows, columns]` of the values that stand for
 * the structures. A structure is where a softmax is largest, else where its sigmoid reaches the threshold; of its pieces
 * only the largest where the experiment says so. A pixel of several structures is of the first.
 */
export function maskOf(
  w: GraphWriter,
  probabilities: string,
  { encoding }: Pick<HeadPlan, 'encoding'>,
  { structures }: DataPlan,
  { threshold, components }: Pick<EvaluateSettings, 'threshold' | 'components'>,
): string {
  const chosen =
    encoding === 'categorical' ? w.node('ArgMax', [probabilities], { axis: 1, keepdims: 0 }) : null;
  const names = encoding === 'binary' ? structures.slice(0, 1) : structures;
  const regions = names.map((_, place) => {
    const region =
      chosen === null
        ? w.node('GreaterOrEqual', [w.pick(probabilities, 1, place), w.scalar(threshold)])
        : w.node('Equal', [chosen, w.model.index(place + 1)]);
    return components === 'largest' ? largestComponent(w, region) : region;
  });
  let mask = w.scalar(0);
  for (const [place, { values }] of [...names.entries()].reverse())
    mask = w.node('Where', [regions[place]!, w.scalar(values[0] ?? place + 1), mask]);
  return w.cast(mask, 'uint8');
}

/** Steps of one pixel before it is asked whether anything still moves. */
const stepsAtOnce = 8;

/**
 * Of regions `[batch, rows, columns]` the largest piece of each, of equally large ones the first row by row; pixels that share
 * a side belong together. Every pixel takes the largest number among its neighbours until all of a piece have that of its
 * first pixel.
 */
function largestComponent(w: GraphWriter, region: string): string {
  const shape = w.node('Shape', [region]);
  const flat = w.reshape(w.cast(region, 'float'), w.ints(0, -1));
  const count = w.size(flat, 1);
  const numbers = w.node('Range', [w.cast(w.reshape(count, w.ints()), 'float'), w.scalar(0), w.scalar(-1)]);
  const maps = w.node('Unsqueeze', [w.cast(region, 'float'), w.ints(1)]);
  const start = w.reshape(w.node('Mul', [flat, numbers]), w.node('Shape', [maps]));
  const labels = w.model.nodes(
    'Loop',
    ['', w.model.truth(true), start],
    { body: { graph: spreading(maps) } },
    { label: 'largest component' },
  )[0]!;
  const places = w.cast(w.reshape(labels, w.ints(0, -1)), 'int64');
  const zeros = w.node('Expand', [
    w.scalar(0),
    w.concat([w.size(flat, 0), w.node('Add', [count, w.ints(1)])], 0),
  ]);
  const sizes = w.node('ScatterElements', [zeros, places, flat], { axis: 1, reduction: 'add' });
  const best = w.node('ArgMax', [sizes], { axis: 1, keepdims: 1, select_last_index: 1 });
  const kept = w.node('And', [w.node('Equal', [places, best]), w.node('Greater', [flat, w.scalar(0)])]);
  return w.reshape(kept, shape);
}

/** The body of the loop that spreads labels within `maps`, a tensor of the graph around it. */
function spreading(maps: string): OnnxModel {
  const body = new OnnxModel('spread');
  const w = new GraphWriter(body);
  body.input('iteration', [], 'int64');
  body.input('goes on', [], 'bool');
  const before = body.input('labels', [null, 1, null, null]);
  const pooled = (x: string, kernel: readonly [number, number]) =>
    w.node('MaxPool', [x], {
      kernel_shape: kernel,
      pads: [...kernel, ...kernel].map((size) => (size - 1) / 2),
      strides: [1, 1],
    });
  let labels = before;
  for (let step = 0; step < stepsAtOnce; step++) {
    const near = w.node('Max', [pooled(labels, [3, 1]), pooled(labels, [1, 3])]);
    labels = w.node('Mul', [near, maps]);
  }
  const moved = w.node('ReduceMax', [w.node('Sub', [labels, before])], { keepdims: 0 });
  body.output('goes on then', w.node('Greater', [moved, w.scalar(0)]), [], 'bool');
  body.output('spread', labels, [null, 1, null, null]);
  return body;
}
