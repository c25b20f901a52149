import { elements } from '../../ir/shape.ts';
import { valueCost } from '../cost.ts';
import type { StepProgram, Value } from '../program.ts';

/** A number that is read or written takes as long as so many multiply-adds: some 40 G of these a second, 10 GB/s of those. */
const multiplyAddsPerNumber = 16;

/** How long computing a value takes, in multiply-adds. */
export function workOf(program: StepProgram, value: Value): number {
  const numbers = [value, ...value.operands.map((id) => program.values[id]!)];
  const moved = numbers.reduce((sum, { shape }) => sum + elements(shape), 0);
  return valueCost(program, value) + multiplyAddsPerNumber * moved;
}
