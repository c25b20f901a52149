import type { Graph } from '../../ir/graph.ts';
import { formatCount } from '../../ir/print.ts';
import { stepCost } from '../../step/cost.ts';
import { stepMemory } from '../../step/memory.ts';
import { printStep } from '../../step/print.ts';
import type { StepProgram } from '../../step/program.ts';
import { inferenceProgram, type TrainingStep, trainingProgram } from '../../step/programs.ts';

/** What a step is made for; without loss and optimizer it is inference. */
export interface StepContext {
  readonly batch?: number;
  readonly training?: Omit<TrainingStep, 'batch'> | undefined;
}

/** The step of a network as text: what it costs, then one line per primitive. */
export function emitStep(graph: Graph, { batch = 1, training }: StepContext): string {
  const program =
    training === undefined ? inferenceProgram(graph, batch) : trainingProgram(graph, { ...training, batch });
  return [...figures(program, batch), '', printStep(program)].join('\n');
}

function figures(program: StepProgram, batch: number): readonly string[] {
  const { total, byPhase } = stepCost(program);
  const { given, peak, at, arena } = stepMemory(program);
  const { op, origin } = program.values[at]!;
  const images = batch === 1 ? '1 image' : `${batch} images`;
  const back = byPhase.backward === 0 ? '' : `, ${count(byPhase.backward)} of them backward`;
  return [
    `${program.name}: ${formatCount(program.values.length)} values for ${images}`,
    `multiply-adds  ${count(total)}${back}`,
    `inputs         ${size(given)}`,
    `memory         ${size(peak)} at most, at %${at} ${op} of \`${origin.path}\`; one block of ${size(arena)} holds all`,
  ];
}

function count(multiplyAdds: number): string {
  return multiplyAdds < 1e8 ? `${(multiplyAdds / 1e6).toFixed(3)} M` : `${(multiplyAdds / 1e9).toFixed(3)} G`;
}

function size(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
