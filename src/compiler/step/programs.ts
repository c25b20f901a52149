import type { Graph } from '../ir/graph.ts';
import { makesProbabilities } from '../ir/logits.ts';
import { distanceHeads } from '../plan/loss/built-in.ts';
import type { LossTerm, TrainSettings } from '../plan/run-plan.ts';
import { StepBuilder } from './builder.ts';
import { differentiate } from './differentiate.ts';
import { type LoweredLoss, lowerLoss } from './lower/loss.ts';
import { lowerNode } from './lower/operations.ts';
import { type NetworkMode, Scope } from './lower/scope.ts';
import { outputAccumulation, outputUpdate } from './lower/update.ts';
import { optimise } from './passes.ts';
import type { StepProgram } from './program.ts';
import { type Fitted, fitMemory } from './recompute/fit.ts';
import { trainedWeights } from './trained.ts';
import { varianceWeights } from './uncertainty.ts';
import { verifyStep } from './verify.ts';

/** What a training step is made for. */
export interface TrainingStep
  extends Pick<TrainSettings, 'optimizer'>,
    Partial<
      Pick<
        TrainSettings,
        'clip' | 'weighting' | 'weight_decay' | 'average' | 'memory' | 'accumulate' | 'freeze' | 'rates'
      >
    > {
  readonly loss: readonly LossTerm[];
  /** Images per step. */
  readonly batch: number;
}

/**
 * The complete training step of a network. Inputs: images, targets of the heads with a loss, `rate`, dropout masks, all
 * weights and running values; `decay` and `average` where the settings want them, and where gradients of several batches are
 * averaged `share` and `carried`. Outputs: `loss`, `loss/<head>`,
 * `finite`, and the next value of everything that changes: trained weights, running values, averages, moving statistics.
 * Variances that weigh the losses of heads are weights like those of the network.
 * A weight that the loss does not depend on changes by decay only.
 */
export function trainingProgram(graph: Graph, step: TrainingStep): StepProgram {
  return fittedTraining(graph, step).program;
}

/** {@link trainingProgram} with what it took to make it fit into the memory that its settings allow. */
export function fittedTraining(graph: Graph, step: TrainingStep): Fitted {
  const program = optimise(plainTrainingProgram(graph, step));
  const fitted = fitMemory(program, step.memory == null ? Number.POSITIVE_INFINITY : 1e6 * step.memory);
  verifyStep(fitted.program);
  return fitted;
}

/**
 * A step that changes no weights, but adds its share of the gradients to those of the batches before: `slot/…/accumulated`.
 * Statistics move, as in every training step.
 */
export function accumulationProgram(graph: Graph, step: TrainingStep): StepProgram {
  const program = optimise(plainTrainingProgram(graph, step, 'accumulate'));
  const fitted = fitMemory(program, step.memory == null ? Number.POSITIVE_INFINITY : 1e6 * step.memory);
  verifyStep(fitted.program);
  return fitted.program;
}

/** {@link trainingProgram} as it is derived, before any pass. */
export function plainTrainingProgram(
  graph: Graph,
  step: TrainingStep,
  purpose: 'update' | 'accumulate' = 'update',
): StepProgram {
  const b = new StepBuilder(`${graph.name} training`);
  const { scope, heads } = lowerNetwork(b, graph, step.batch, { kind: 'training' });
  const variances = [...varianceWeights(step.loss, step.weighting ?? 'fixed')].map(
    ([head, { name, shape }]) => ({ head, name, id: b.input({ kind: 'weight', weight: name }, shape) }),
  );
  const { loss } = outputLoss(b, step.loss, heads, new Map(variances.map(({ head, id }) => [head, id])));
  const changing = new Set(trainedWeights(graph.weights.values(), step).map(({ name }) => name));
  const trained = [
    ...[...scope.weights].filter(([name]) => changing.has(name)),
    ...variances.map(({ name, id }) => [name, id] as const),
  ];
  const ids = trained.map(([, id]) => id);
  const gradients = differentiate(b, loss, ids);
  b.at({ path: step.optimizer.kind, phase: 'update' }, () => {
    const changed = trained.map(([weight, id], index) => ({ weight, id, gradient: gradients[index]! }));
    if (purpose === 'update') outputUpdate(b, changed, step);
    else outputAccumulation(b, changed);
  });
  outputStatistics(b, scope);
  return b.build();
}

/**
 * What a training step sees and changes nothing of: `node_mean/<id>` and `node_variance/<id>` of every node of the network, and
 * with a loss `gradient/<weight>`. Inputs: images, targets, dropout masks, weights.
 */
export function inspectionProgram(graph: Graph, terms: readonly LossTerm[], batch: number): StepProgram {
  const b = new StepBuilder(`${graph.name} inspection`);
  const { scope, heads, values } = lowerNetwork(b, graph, batch, { kind: 'training' });
  for (const { id, origin } of graph.nodes) {
    b.at({ path: origin.path, phase: 'forward' }, () => {
      const value = values[id]!;
      const others = b.shape(value).slice(0, -1);
      const axes = others.map((_, axis) => axis);
      const mean = b.mean(value, axes);
      b.output({ kind: 'node_mean', node: id }, mean);
      b.output({ kind: 'node_variance', node: id }, b.apply('variance', [value, mean], { axes }));
    });
  }
  if (terms.length > 0) {
    const { loss } = outputLoss(b, terms, heads);
    const trained = [...scope.weights].filter(([name]) => graph.weights.get(name)!.trainable);
    const ids = trained.map(([, id]) => id);
    for (const [index, gradient] of differentiate(b, loss, ids).entries()) {
      const weight = trained[index]![0];
      if (gradient === null) continue;
      const axes = b.shape(gradient).map((_, axis) => axis);
      b.at({ path: weight, phase: 'update' }, () =>
        b.output({ kind: 'gradient', weight }, b.productSum(gradient, gradient, axes)),
      );
    }
  }
  return finished(b.build());
}

/** The values of the heads by moving statistics: inputs images and weights, outputs `head/<name>`. */
export function inferenceProgram(graph: Graph, batch: number): StepProgram {
  const b = new StepBuilder(`${graph.name} inference`);
  outputHeads(b, lowerNetwork(b, graph, batch, { kind: 'inference' }).heads);
  return finished(b.build());
}

/**
 * {@link inferenceProgram} with `loss` and `loss/<head>` against the targets of the heads with a loss, and `extreme/<head>` of
 * those that end with a sigmoid or softmax.
 */
export function evaluationProgram(graph: Graph, loss: readonly LossTerm[], batch: number): StepProgram {
  const b = new StepBuilder(`${graph.name} evaluation`);
  const { heads } = lowerNetwork(b, graph, batch, { kind: 'inference' });
  outputHeads(b, heads);
  outputExtremes(b, graph, heads);
  outputLoss(b, loss, heads);
  return finished(b.build());
}

/**
 * Moves only the statistics, by the scalar input `momentum`: with `(k − 1) / k` for the k-th batch they become the mean
 * over batches. Inputs: images, weights, dropout masks, `momentum`.
 */
export function statisticsProgram(graph: Graph, batch: number): StepProgram {
  const b = new StepBuilder(`${graph.name} statistics`);
  const momentum = b.input({ kind: 'momentum' }, []);
  outputStatistics(b, lowerNetwork(b, graph, batch, { kind: 'training', momentum }).scope);
  return finished(b.build());
}

function finished(plain: StepProgram): StepProgram {
  const program = optimise(plain);
  verifyStep(program);
  return program;
}

/** What a head says: its values, and what its sigmoid or softmax was given. */
interface HeadValue {
  readonly predicted: number;
  readonly logits: number | null;
}

/** The values of the heads by name, in the order of the graph. */
function lowerNetwork(b: StepBuilder, graph: Graph, batch: number, mode: NetworkMode) {
  const scope = new Scope(b, graph, batch, mode);
  const values: number[] = [];
  for (const node of graph.nodes) {
    values.push(
      lowerNode(
        node,
        scope,
        node.operands.map((id) => values[id]!),
      ),
    );
  }
  const heads = graph.heads.map(({ name, node }) => {
    const { op, operands } = graph.nodes[node]!;
    const logits = makesProbabilities(op) ? values[operands[0]!]! : null;
    return [name, { predicted: values[node]!, logits }] as const;
  });
  return { scope, values, heads: new Map<string, HeadValue>(heads) };
}

function outputHeads(b: StepBuilder, heads: ReadonlyMap<string, HeadValue>): void {
  for (const [head, { predicted }] of heads) b.output({ kind: 'head', head }, predicted);
}

/** Logits beyond ±50, which leave 2 · 10⁻²² to the other answer, are how training begins to diverge. */
export const extremeLogit = 50;

/** Counted from logits: probabilities near 1 have been rounded to it long before. */
function outputExtremes(b: StepBuilder, graph: Graph, heads: ReadonlyMap<string, HeadValue>): void {
  for (const { name, node } of graph.heads) {
    const { logits } = heads.get(name)!;
    if (logits === null) continue;
    const beyond = (value: number) => b.positive(b.subtract(value, b.scalar(extremeLogit)));
    b.at({ path: name, phase: 'loss' }, () => {
      const either =
        graph.nodes[node]!.op === 'softmax'
          ? beyond(b.negate(b.apply('log_softmax', [logits], {})))
          : b.add(beyond(logits), beyond(b.negate(logits)));
      const axes = b.shape(either).map((_, axis) => axis);
      b.output({ kind: 'extreme', head: name }, b.mean(either, axes));
    });
  }
}

function outputLoss(
  b: StepBuilder,
  terms: readonly LossTerm[],
  heads: ReadonlyMap<string, HeadValue>,
  variances: ReadonlyMap<string, number> = new Map(),
): LoweredLoss {
  return b.at({ path: 'loss', phase: 'loss' }, () => {
    const names = new Set(terms.map(({ head }) => head));
    const answers = new Map(
      [...names].map((head) => {
        const value = heads.get(head);
        if (value === undefined) throw new Error(`the loss names no head of the network: ${head}`);
        const shape = b.shape(value.predicted);
        const truth = b.input({ kind: 'target', head }, shape);
        const measured = distanceHeads(terms).includes(head);
        const distance = measured ? b.input({ kind: 'distance', head }, shape) : undefined;
        return [head, { ...value, truth, distance }] as const;
      }),
    );
    const loss = lowerLoss(b, terms, answers, variances);
    b.output({ kind: 'loss' }, loss.loss);
    for (const [head, value] of loss.heads) b.output({ kind: 'head_loss', head }, value);
    return loss;
  });
}

function outputStatistics(b: StepBuilder, scope: Scope): void {
  b.at({ path: 'statistics', phase: 'update' }, () => {
    for (const [weight, value] of scope.moved()) b.output({ kind: 'weight', weight }, value);
  });
}
