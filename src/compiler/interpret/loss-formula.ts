import type { FormulaBinary, FormulaUnary, LossAxis, LossFormula } from '../plan/loss/formula.ts';
import { build, type Tensor } from './tensor.ts';

/** What a formula is about: each `[batch, height, width, channels]` or `[batch, channels]`. */
export interface FormulaInputs {
  readonly head: Tensor;
  readonly truth: Tensor;
  readonly logits?: Tensor | undefined;
  readonly distance?: Tensor | undefined;
}

/** The value of a formula, in double precision, step by step: maps of rank 4, with one place along axes that are gone. */
export function evaluateFormula(formula: LossFormula, inputs: FormulaInputs): number {
  const values: Tensor[] = [];
  for (const step of formula) {
    const of = 'of' in step ? values[step.of]! : undefined;
    values.push(
      (() => {
        switch (step.op) {
          case 'number':
            return { shape: [1, 1, 1, 1], data: Float64Array.of(step.value) };
          case 'class_numbers':
            return { shape: [1, 1, 1, step.values.length], data: Float64Array.from(step.values) };
          case 'head':
          case 'truth':
          case 'logits':
          case 'distance': {
            const given = inputs[step.op];
            if (given === undefined) throw new Error(`nothing was given for the ${step.op} of a loss`);
            return asMap(given);
          }
          case 'sum':
          case 'mean':
            return reduce(of!, step.over, step.op === 'mean');
          case 'foreground': {
            const [batch, height, width, channels] = of!.shape as Rank4;
            const shape = [batch, height, width, channels - 1];
            return build(shape, (n, y, x, c) => at(of!, [n!, y!, x!, c! + 1]));
          }
          case 'log_softmax':
            return logSoftmax(of!);
          default:
            return 'left' in step
              ? join(values[step.left]!, values[step.right]!, binaries[step.op])
              : { shape: of!.shape, data: of!.data.map(unaries[step.op]) };
        }
      })(),
    );
  }
  return values.at(-1)!.data[0]!;
}

type Rank4 = readonly [number, number, number, number];

const unaries: Readonly<Record<Exclude<FormulaUnary, 'log_softmax'>, (x: number) => number>> = {
  negate: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};

const binaries: Readonly<Record<FormulaBinary, (left: number, right: number) => number>> = {
  add: (l, r) => l + r,
  subtract: (l, r) => l - r,
  multiply: (l, r) => l * r,
  divide: (l, r) => l / r,
  maximum: Math.max,
  minimum: Math.min,
};

/** Places of each axis in a map. */
const places: Readonly<Record<LossAxis, readonly number[]>> = { image: [0], pixel: [1, 2], class: [3] };

function asMap(value: Tensor): Tensor {
  const [batch, channels] = value.shape as readonly [number, number];
  return value.shape.length === 4 ? value : { shape: [batch, 1, 1, channels], data: value.data };
}

/** The value at a place; an axis of one place is repeated. */
function at({ shape, data }: Tensor, place: Rank4): number {
  return data[place.reduce((index, p, axis) => index * shape[axis]! + (shape[axis] === 1 ? 0 : p), 0)]!;
}

function join(left: Tensor, right: Tensor, operator: (left: number, right: number) => number): Tensor {
  const shape = left.shape.map((size, axis) => Math.max(size, right.shape[axis]!));
  return build(shape, (...place) => operator(at(left, place as never), at(right, place as never)));
}

function reduce(value: Tensor, over: readonly LossAxis[], isMean: boolean): Tensor {
  const gone = over.flatMap((axis) => places[axis]);
  const shape = value.shape.map((size, axis) => (gone.includes(axis) ? 1 : size));
  const result = build(shape, () => 0);
  const all = build(value.shape, (...place) => {
    const index = place.reduce((sum, p, axis) => sum * shape[axis]! + (gone.includes(axis) ? 0 : p), 0);
    const own = at(value, place as never);
    result.data[index]! += own;
    return own;
  });
  const count = isMean ? all.data.length / result.data.length : 1;
  return { shape, data: result.data.map((sum) => sum / count) };
}

function logSoftmax(value: Tensor): Tensor {
  const channels = value.shape.at(-1)!;
  return build(value.shape, (...place) => {
    const all = Array.from({ length: channels }, (_, c) => at(value, place.with(3, c) as never));
    const largest = Math.max(...all);
    const sum = all.reduce((total, z) => total + Math.exp(z - largest), 0);
    return at(value, place as never) - largest - Math.log(sum);
  });
}
