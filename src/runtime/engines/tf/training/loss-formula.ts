import * as tf from '@tensorflow/tfjs-core';
import type { FormulaStep, LossAxis, LossFormula } from '../../../../compiler/index.ts';
import { softplus } from '../operations/elements.ts';
import { imageSums } from '../operations/sums.ts';

/** What a formula is about, maps `[batch, height, width, channels]`. */
export type FormulaInputs = Readonly<Record<'head' | 'truth' | 'logits' | 'distance', () => tf.Tensor4D>>;

/** A formula, step by step; a scalar. */
export function computeFormula(formula: LossFormula, inputs: FormulaInputs): tf.Scalar {
  const values: tf.Tensor[] = [];
  for (const step of formula) values.push(computeStep(step, values, inputs));
  return tf.reshape(values.at(-1)!, []);
}

function computeStep(step: FormulaStep, values: readonly tf.Tensor[], inputs: FormulaInputs): tf.Tensor {
  const of = 'of' in step ? values[step.of]! : undefined;
  switch (step.op) {
    case 'number':
      return tf.scalar(step.value);
    case 'class_numbers':
      return tf.tensor([...step.values], [1, 1, 1, step.values.length]);
    case 'head':
    case 'truth':
    case 'logits':
    case 'distance':
      return inputs[step.op]();
    case 'foreground':
      return tf.slice(of!, [0, 0, 0, 1], [-1, -1, -1, of!.shape[3]! - 1]);
    case 'sum':
    case 'mean':
      return reduce(of!, step.over, step.op === 'mean');
    case 'negate':
      return tf.neg(of!);
    case 'exp':
      return tf.exp(of!);
    case 'log':
      return tf.log(of!);
    case 'sqrt':
      return tf.sqrt(of!);
    case 'softplus':
      return softplus(of!);
    case 'log_softmax':
      return tf.logSoftmax(of!);
    default:
      return binaries[step.op](values[step.left]!, values[step.right]!);
  }
}

const binaries = {
  add: tf.add,
  subtract: tf.sub,
  multiply: tf.mul,
  divide: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
} as const;

/** Axes of a map but for the pixels. */
const axesOf: Readonly<Record<Exclude<LossAxis, 'pixel'>, number>> = { image: 0, class: 3 };

/** Over the pixels of each image first, which is faster and more exact than at once; gone axes have one place. */
function reduce(value: tf.Tensor, over: readonly LossAxis[], isMean: boolean): tf.Tensor {
  if (value.rank === 0) return value;
  const [batch, height, width, channels] = value.shape as [number, number, number, number];
  let result = value;
  let count = 1;
  if (over.includes('pixel') && height * width > 1) {
    result = tf.reshape(imageSums(value as tf.Tensor4D), [batch, 1, 1, channels]);
    count = height * width;
  }
  const others = over.flatMap((axis) => (axis === 'pixel' ? [] : [axesOf[axis]]));
  if (others.length > 0) {
    count *= others.reduce((product, axis) => product * result.shape[axis]!, 1);
    result = tf.sum(result, others, true);
  }
  return isMean && count > 1 ? tf.div(result, count) : result;
}
