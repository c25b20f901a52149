import { sameShape } from '../../ir/shape.ts';
import type { FormulaStep, LossAxis, LossFormula } from '../../plan/loss/formula.ts';
import type { StepBuilder } from '../builder.ts';

/** What a formula is about, maps `[batch, height, width, channels]`; null for what the head has not. */
export type FormulaInputs = Readonly<Record<'head' | 'truth' | 'logits' | 'distance', () => number>>;

/** Axes of a map. */
const axesOf: Readonly<Record<LossAxis, readonly number[]>> = { image: [0], pixel: [1, 2], class: [3] };

/** A formula as primitives, one after the other; its gradient follows from theirs. A scalar. */
export function lowerFormula(b: StepBuilder, formula: LossFormula, inputs: FormulaInputs): number {
  const values: number[] = [];
  for (const step of formula) values.push(lowerStep(b, step, formula, values, inputs));
  return b.reshape(values.at(-1)!, []);
}

function lowerStep(
  b: StepBuilder,
  step: FormulaStep,
  formula: LossFormula,
  values: readonly number[],
  inputs: FormulaInputs,
): number {
  switch (step.op) {
    case 'number':
      return b.scalar(step.value);
    case 'class_numbers':
      return b.constant([1, 1, 1, step.values.length], step.values);
    case 'head':
    case 'truth':
    case 'logits':
    case 'distance':
      return inputs[step.op]();
    case 'foreground': {
      const of = values[step.of]!;
      const [batch, height, width, channels] = b.shape(of) as [number, number, number, number];
      return b.slice(of, [0, 0, 0, 1], [batch, height, width, channels - 1]);
    }
    case 'sum':
    case 'mean':
      return reduce(b, step, formula, values);
    default:
      return 'left' in step
        ? b.apply(step.op, [values[step.left]!, values[step.right]!], {})
        : b.apply(step.op, [values[step.of]!], {});
  }
}

/** Over the pixels first, then over the rest, which is more exact than at once; products are summed as they are made. */
function reduce(
  b: StepBuilder,
  { op, of, over }: Extract<FormulaStep, { readonly op: 'sum' | 'mean' }>,
  formula: LossFormula,
  values: readonly number[],
): number {
  let value = values[of]!;
  const shape = b.shape(value);
  if (shape.length === 0) return value;
  const pixels = over.includes('pixel') ? axesOf.pixel : [];
  const others = over.flatMap((axis) => (axis === 'pixel' ? [] : axesOf[axis])).toSorted();
  const product = formula[of]!;
  if (op === 'sum' && product.op === 'multiply' && pixels.length > 0) {
    const [left, right] = [values[product.left]!, values[product.right]!];
    if (sameShape(b.shape(left), shape) && sameShape(b.shape(right), shape)) {
      const summed = b.productSum(left, right, pixels);
      return others.length === 0 ? summed : b.sum(summed, others);
    }
  }
  for (const axes of [pixels, others]) {
    if (axes.every((axis) => shape[axis] === 1)) continue;
    value = op === 'sum' ? b.sum(value, axes) : b.mean(value, axes);
  }
  return value;
}
