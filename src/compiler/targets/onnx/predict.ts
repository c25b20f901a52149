import { type Rates, timeOf, type WorkKind } from '../../cost/work.ts';
import type { Graph } from '../../ir/graph.ts';
import { stepPeak } from '../../step/memory.ts';
import type { Phase, PrimitiveName, StepProgram } from '../../step/program.ts';
import { type TrainingStep, trainingProgram } from '../../step/programs.ts';
import { lowerOnnx } from './emit.ts';
import type { Choice } from './lowering.ts';
import { workOfNode } from './work.ts';

/** What a training step is told to take on the compiled engine, before it is run. */
export interface StepPrediction {
  readonly batch: number;
  readonly threads: number;
  /** Whether the machine was calibrated; the rates built in are of another one. */
  readonly measured: boolean;
  /** Milliseconds, and between which it will be, if the rates are as good as they were when they were tried. */
  readonly ms: number;
  readonly least: number;
  readonly most: number;
  /** What of `ms` goes forward through the network: about what it takes to infer as many images. */
  readonly forwardMs: number;
  /** Bytes of what is given and all that is computed, when that is most. */
  readonly bytes: number;
  /** Where the time goes, most first. */
  readonly parts: readonly Part[];
  readonly choices: readonly Choice[];
}

interface Part {
  readonly name: PartName;
  readonly nodes: number;
  readonly ms: number;
  /** What of it only moves numbers to where others want them. */
  readonly movingMs: number;
}

const partNames = [
  'convolutions, forward',
  'convolutions, for the map',
  'convolutions, for the kernel',
  'computed anew',
  'norms, activations, sums',
  'pooling',
  'joining, cutting, resizing',
  'loss',
  'optimizer',
  'sizes only',
] as const;

type PartName = (typeof partNames)[number];

const convolutions: Partial<Record<PrimitiveName, PartName>> = {
  conv2d: 'convolutions, forward',
  conv2d_input_gradient: 'convolutions, for the map',
  conv2d_filter_gradient: 'convolutions, for the kernel',
};

const pooling: ReadonlySet<string> = new Set([
  'max_pool',
  'max_pool_gradient',
  'avg_pool',
  'avg_pool_gradient',
] satisfies PrimitiveName[]);

const joining: ReadonlySet<string> = new Set([
  'concat',
  'slice',
  'pad',
  'reshape',
  'transpose',
  'depth_to_space',
  'space_to_depth',
  'resize',
  'resize_gradient',
] satisfies PrimitiveName[]);

/** Of a node's label, `primitive:phase:path`. */
function phaseOf(label: string): Phase | undefined {
  return label.split(':')[1] as Phase | undefined;
}

/** By a node's label. */
function partOf(label: string): PartName {
  const [op = ''] = label.split(':');
  const phase = phaseOf(label);
  if (phase === 'recompute') return 'computed anew';
  if (phase === 'update') return 'optimizer';
  if (phase === 'loss') return 'loss';
  const convolution = convolutions[op as PrimitiveName];
  if (convolution !== undefined) return convolution;
  if (pooling.has(op)) return 'pooling';
  if (joining.has(op)) return 'joining, cutting, resizing';
  return phase === undefined ? 'sizes only' : 'norms, activations, sums';
}

const moving: ReadonlySet<WorkKind> = new Set([
  'transposition',
  'block_move',
  'gathering',
  'padding',
  'copy',
  'reordering',
]);

/** Predicts a training step of a network. @param program The step's, where the caller has it */
export function predictTraining(
  graph: Graph,
  step: TrainingStep,
  rates: Rates,
  program = trainingProgram(graph, step),
): StepPrediction {
  return { ...predictStep(program, rates, step.memory != null), batch: step.batch };
}

/** Predicts one run of a program from the nodes that it becomes. */
export function predictStep(
  program: StepProgram,
  rates: Rates,
  hideSizes = false,
): Omit<StepPrediction, 'batch'> {
  const { nodes, choices } = lowerOnnx(program, { block: rates.block, rates, hideSizes });
  const found = new Map<PartName, { nodes: number; ms: number; movingMs: number }>();
  let forwardMs = 0;
  for (const node of nodes) {
    const work = workOfNode(node);
    const ms = rates.whole * timeOf(rates, work);
    if (phaseOf(node.label) === 'forward') forwardMs += ms;
    const name = partOf(node.label);
    const part = found.get(name) ?? { nodes: 0, ms: 0, movingMs: 0 };
    part.nodes += 1;
    part.ms += ms;
    if (moving.has(work.kind)) part.movingMs += ms;
    found.set(name, part);
  }
  const parts = [...found].map(([name, part]) => ({ name, ...part })).sort((a, b) => b.ms - a.ms);
  const ms = parts.reduce((sum, part) => sum + part.ms, 0);
  const { given, peak } = stepPeak(program);
  return {
    threads: rates.threads,
    measured: rates.measured,
    ms,
    least: ms / rates.factor,
    most: ms * rates.factor,
    forwardMs,
    bytes: given + peak,
    parts,
    choices,
  };
}
