import { initialWeights } from '../../src/compiler/interpret/initial-weights.ts';
import { interpret } from '../../src/compiler/interpret/interpret.ts';
import { totalLoss } from '../../src/compiler/interpret/losses.ts';
import { signedDistances } from '../../src/compiler/interpret/signed-distance.ts';
import type { Tensor } from '../../src/compiler/interpret/tensor.ts';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import { elements } from '../../src/compiler/ir/shape.ts';
import type { LossTerm } from '../../src/compiler/plan/run-plan.ts';
import { optimizerSlots } from '../../src/compiler/step/lower/optimizer.ts';
import type { StepProgram } from '../../src/compiler/step/program.ts';
import { randomTensor } from './support.ts';

export type Values = ReadonlyMap<string, Float64Array>;

/** Weights as a run starts with, but none of them 0 or 1 everywhere. */
export function randomWeights(graph: Graph, key = ''): Map<string, Float64Array> {
  const start = initialWeights(graph.weights.values(), 1);
  return new Map(
    [...start].map(([name, values]) => {
      const noise = randomTensor(`${key}${name}`, [values.length]).data;
      const positive = name.endsWith('variance');
      return [
        name,
        values.map((value, index) => value + (positive ? 0.3 * noise[index]! ** 2 : 0.1 * noise[index]!)),
      ];
    }),
  );
}

/** Truths of all heads: zeros and ones, one-hot where channels exclude each other. */
export function randomTruths(graph: Graph, batch: number): Map<string, Tensor> {
  return new Map(
    graph.heads.map(({ name, node }) => {
      const { shape, op } = graph.nodes[node]!;
      const truth = randomTensor(`truth ${name}`, [batch, ...shape], (x) => (x > 0.3 ? 1 : 0));
      if (op !== 'softmax') return [name, truth];
      const channels = shape.at(-1)!;
      const chosen = (pixel: number) => (Math.abs(Math.sin(pixel + 1) * 1000) % channels) | 0;
      return [
        name,
        {
          shape: truth.shape,
          data: truth.data.map((_, i) => (i % channels === chosen((i / channels) | 0) ? 1 : 0)),
        },
      ];
    }),
  );
}

/** The step that a test runs: everything that goes in. */
export interface Given {
  readonly graph: Graph;
  readonly images: Tensor;
  readonly truths: ReadonlyMap<string, Tensor>;
  readonly weights: Values;
  /** Numbers that dropout draws, over and over. */
  readonly drawn?: readonly number[];
}

/** What an interpreter's training mode draws from. */
function drawing(drawn: readonly number[] = [0.5]): () => number {
  let at = 0;
  return () => drawn[at++ % drawn.length]!;
}

/** The inputs of a program; running values of the optimizer are 0 unless given. */
export function inputsOf(
  program: StepProgram,
  given: Given,
  scalars: Readonly<Record<string, number>> = {},
  slots: Values = new Map(),
): Map<string, Tensor> {
  const draw = drawing(given.drawn);
  const inputs = new Map<string, Tensor>();
  for (const value of program.values) {
    if (value.op !== 'input') continue;
    const { name, role } = value.attributes;
    const { shape } = value;
    const fill = (data: Float64Array) => inputs.set(name, { shape, data });
    if (role.kind === 'images') inputs.set(name, given.images);
    else if (role.kind === 'target') inputs.set(name, given.truths.get(role.head)!);
    else if (role.kind === 'distance') inputs.set(name, signedDistances(given.truths.get(role.head)!));
    else if (role.kind === 'weight') fill(given.weights.get(role.weight)!);
    else if (role.kind === 'slot')
      fill(slots.get(`${role.weight}/${role.slot}`) ?? new Float64Array(elements(shape)));
    else if (role.kind === 'mask')
      fill(new Float64Array(elements(shape)).map(() => (draw() < role.rate ? 0 : 1 / (1 - role.rate))));
    else fill(Float64Array.of(scalars[role.kind]!));
  }
  return inputs;
}

/** The training step's loss and moved weights by the language's interpreter. */
export function reference(given: Given, terms: readonly LossTerm[], weights: Values = given.weights) {
  const { graph, images, truths } = given;
  const result = interpret(graph, weights, images, { kind: 'training', random: drawing(given.drawn) });
  return { loss: totalLoss(terms, truths, result), weights: result.weights, heads: result.heads };
}

/** Random running values of an optimizer, squares positive. */
export function randomSlots(graph: Graph, optimizer: Parameters<typeof optimizerSlots>[0]): Values {
  return new Map(
    [...graph.weights.values()].flatMap(({ name, shape }) =>
      optimizerSlots(optimizer).map((role) => {
        const key = `${name}/${role}`;
        const draw = (x: number) => (role === 'mean_square' ? x * x : x);
        return [key, randomTensor(key, shape, draw).data] as const;
      }),
    ),
  );
}
