import { elements } from '../../ir/shape.ts';
import type { StepProgram, Value } from '../program.ts';
import { workOf } from './work.ts';

/** What of a program matters for its memory: large values, and those that read them. */
export interface Heavy extends Pick<StepProgram, 'values' | 'outputs'> {
  /** By place: the value of the program. */
  readonly ids: readonly number[];
  /** By place: how long computing the value takes, see {@link workOf}. */
  readonly work: readonly number[];
}

/** The part of a program that its values of at least so many bytes are, which is read and computed anew like a whole one. */
export function heavyPart(program: StepProgram, bytes: number): Heavy {
  const isLarge = ({ op, shape }: Value) =>
    op !== 'input' && op !== 'constant' && 4 * elements(shape) >= bytes;
  const large = program.values.map(isLarge);
  const places = new Map<number, number>();
  const values: Value[] = [];
  const ids: number[] = [];
  for (const value of program.values) {
    const read = value.operands.filter((id) => large[id]);
    if (!large[value.id] && read.length === 0) continue;
    const id = values.length;
    places.set(value.id, id);
    ids.push(value.id);
    values.push({ ...value, id, operands: read.map((one) => places.get(one)!) } as Value);
  }
  return {
    values,
    outputs: program.outputs.flatMap((output) => {
      const value = places.get(output.value);
      return value === undefined ? [] : [{ ...output, value }];
    }),
    ids,
    work: ids.map((id) => workOf(program, program.values[id]!)),
  };
}
