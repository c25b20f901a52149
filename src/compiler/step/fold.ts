import { type Tensor, tensor } from '../interpret/tensor.ts';
import { StepBuilder } from './builder.ts';
import { deadValues } from './passes/dead-values.ts';
import { readerCounts } from './passes/rewrite.ts';
import { primitive } from './primitives.ts';
import type { PrimitiveName, StepProgram, Value, ValueOf } from './program.ts';

/** A program that reads other weights than before, in row-major order by the names of its inputs. */
export interface Folded {
  readonly program: StepProgram;
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/**
 * Folds known weights into an inference program: what scales and shifts the channels of a convolution becomes part of
 * its kernel and one summand. The results are the same but for rounding.
 * @param weights all weights, in row-major order, by the names of their inputs
 */
export function foldWeights(program: StepProgram, weights: ReadonlyMap<string, Float32Array>): Folded {
  const constants = knownRows(program, weights);
  const readers = readerCounts(program);
  const changed = new Map<string, Float32Array>();
  const b = new StepBuilder(program.name);
  const renamed: number[] = [];
  for (const value of program.values) {
    renamed.push(
      b.at(value.origin, () => {
        const row = constants.get(value.id);
        if (row !== undefined && value.op !== 'input' && value.op !== 'constant') {
          return newWeight(b, changed, `${value.origin.path}/${value.id}`, row);
        }
        const conv = scaledConvolution(program, value, readers);
        const scale = conv && constants.get(value.operands[1]!);
        const shift = conv && constants.get(value.operands[2]!);
        if (conv && scale && shift) {
          const [x, kernel] = conv.operands as [number, number];
          const old = program.values[kernel] as ValueOf<'input'>;
          const values = weights.get(old.attributes.name)!;
          const results = old.shape[3]!;
          const folded = tensor(
            old.shape,
            values.map((weight, index) => weight * scale.data[index % results]!),
          );
          const id = newWeight(b, changed, `${value.origin.path}/${value.id}/kernel`, folded);
          const y = b.conv(renamed[x]!, id, conv.attributes);
          const sum = b.add(y, newWeight(b, changed, `${value.origin.path}/${value.id}/shift`, shift));
          const { rectify } = (value as ValueOf<'affine'>).attributes;
          return rectify === null ? sum : b.relu(sum, rectify);
        }
        const { op, attributes, operands } = value as ValueOf<PrimitiveName>;
        return b.apply(
          op,
          operands.map((id) => renamed[id]!),
          attributes,
        );
      }),
    );
  }
  for (const { role, value } of program.outputs) b.output(role, renamed[value]!);
  const folded = deadValues(b.build());
  const names = folded.values.flatMap((value) => (value.op === 'input' ? [value.attributes.name] : []));
  return {
    program: folded,
    weights: new Map(
      names.flatMap((name) => {
        const values = changed.get(name) ?? weights.get(name);
        return values === undefined ? [] : [[name, values] as const];
      }),
    ),
  };
}

/** What follows from weights alone and is no kernel. */
function knownRows(
  program: StepProgram,
  weights: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<number, Tensor> {
  const constants = new Map<number, Tensor>();
  for (const value of program.values) {
    if (value.shape.filter((size) => size > 1).length > 1) continue;
    if (value.op === 'input') {
      const values = weights.get(value.attributes.name);
      if (values !== undefined) constants.set(value.id, tensor(value.shape, values));
      continue;
    }
    const operands = value.operands.map((id) => constants.get(id));
    if (!operands.every((operand) => operand !== undefined)) continue;
    constants.set(
      value.id,
      primitive(value.op).evaluate(operands as Tensor[], value.attributes, value.shape),
    );
  }
  return constants;
}

/** The convolution of one group that an affine alone reads, its kernel a weight. */
function scaledConvolution(
  { values }: StepProgram,
  value: Value,
  readers: readonly number[],
): ValueOf<'conv2d'> | null {
  if (value.op !== 'affine') return null;
  const conv = values[value.operands[0]!]!;
  if (conv.op !== 'conv2d' || readers[conv.id] !== 1) return null;
  return values[conv.operands[1]!]!.op === 'input' ? conv : null;
}

function newWeight(
  b: StepBuilder,
  changed: Map<string, Float32Array>,
  weight: string,
  { shape, data }: Tensor,
): number {
  const id = b.input({ kind: 'weight', weight }, shape);
  changed.set(`weight/${weight}`, Float32Array.from(data));
  return id;
}
