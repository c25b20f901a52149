import { deadValues } from './passes/dead-values.ts';
import { fuseChannels } from './passes/fuse-channels.ts';
import { simplify } from './passes/simplify.ts';
import type { StepProgram } from './program.ts';

/** A rewrite of a whole program that keeps its law, its inputs' meaning and, but for rounding, its outputs. */
export interface StepPass {
  readonly name: string;
  run(program: StepProgram): StepProgram;
}

/** The passes of every program, in order. */
export const stepPasses: readonly StepPass[] = [
  { name: 'simplify', run: simplify },
  { name: 'dead values', run: deadValues },
  { name: 'fuse channels', run: fuseChannels },
  { name: 'simplify', run: simplify },
  { name: 'dead values', run: deadValues },
];

/** Runs all passes; `observe` sees the program after each. */
export function optimise(
  program: StepProgram,
  observe: (pass: string, program: StepProgram) => void = () => {},
): StepProgram {
  return stepPasses.reduce((current, pass) => {
    const next = pass.run(current);
    observe(pass.name, next);
    return next;
  }, program);
}
