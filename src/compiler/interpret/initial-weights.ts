import type { Weight } from '../ir/graph.ts';
import { elements, type Shape } from '../ir/shape.ts';
import { normal, type Random, randomStream } from './random.ts';

/**
 * The weights that a run starts from, by name. Each is drawn from a stream of its own that seed and name decide, so no
 * weight depends on another, and every engine starts from the very same numbers.
 */
export function initialWeights(weights: Iterable<Weight>, seed: number): ReadonlyMap<string, Float64Array> {
  return new Map([...weights].map((weight) => [weight.name, initialWeight(weight, seed)]));
}

/** The values that one weight starts from, in row-major order. */
export function initialWeight(weight: Weight, seed: number): Float64Array {
  const { name, shape, initializer, copies = 1 } = weight;
  if (copies > 1) {
    const channels = shape.at(-1)! / copies;
    const drawn = initialWeight(
      { name, shape: [...shape.slice(0, -1), channels], initializer, trainable: true },
      seed,
    );
    return Float64Array.from({ length: elements(shape) }, (_, index) => {
      const [row, column] = [Math.floor(index / shape.at(-1)!), index % channels];
      return drawn[row * channels + column]!;
    });
  }
  const values = new Float64Array(elements(shape));
  if (initializer === 'zeros') return values;
  if (initializer === 'ones') return values.fill(1);
  const random = randomStream(`${seed}\n${name}`);
  const { fanIn, fanOut } = fans(shape);
  // Glorot and Bengio 2010 average both fans, He et al. 2015 take the first: the variance is 1 or 2 over it.
  const variance = initializer.startsWith('glorot') ? 2 / (fanIn + fanOut) : 2 / fanIn;
  const draw = initializer.endsWith('uniform') ? uniformDraw(variance) : truncatedNormalDraw(variance);
  for (let index = 0; index < values.length; index++) values[index] = draw(random);
  return values;
}

/** Values that enter and leave one unit, as Keras counts them: by the last two axes and the size of the window. */
export function fans(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  const window = elements(shape.slice(0, -2));
  return { fanIn: window * (shape.at(-2) ?? 1), fanOut: window * shape.at(-1)! };
}

/** Uniform between ±√(3 · variance): for glorot_uniform the limit is √(6 / (fan in + fan out)). */
function uniformDraw(variance: number): (random: Random) => number {
  const limit = Math.sqrt(3 * variance);
  return (random) => (2 * random() - 1) * limit;
}

/** Normal, drawn again beyond two standard deviations; Keras widens it so that the variance comes out right. */
function truncatedNormalDraw(variance: number): (random: Random) => number {
  const deviation = Math.sqrt(variance) / truncatedDeviation;
  return (random) => {
    let value = normal(random);
    while (Math.abs(value) > 2) value = normal(random);
    return value * deviation;
  };
}

/** The standard deviation of a standard normal cut off at ±2. */
const truncatedDeviation = 0.879_625_661_034_239_78;
