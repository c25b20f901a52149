import type { Graph } from './ir/graph.ts';
import type { LossTerm, TrainSettings } from './run-plan.ts';
import type { Reporter } from './semantics/program.ts';
import type { Span } from './source/span.ts';
import { fittedTraining } from './step/programs.ts';
import type { Fitted } from './step/recompute/fit.ts';

/** Reports a training step that cannot be made to fit into the memory that its settings allow, with a batch that can. */
export function checkStepBudget(
  graph: Graph,
  loss: readonly LossTerm[],
  train: TrainSettings,
  at: Span,
  reporter: Reporter,
): void {
  if (train.memory == null || loss.length === 0) return;
  const fitted = (batch: number) => fittedTraining(graph, { ...train, loss, batch });
  const { before, after, budget } = fitted(train.batch);
  if (after <= budget) return;
  const batch = largestBatch(fitted, train.batch, after, budget);
  reporter.report('stepMemory', {
    at,
    arguments: { least: storage(after), budget: storage(budget) },
    notes: [
      `keeping everything takes ${storage(before)}; computing all anew that helps leaves ${storage(after)}`,
    ],
    help: [
      {
        message:
          batch === 0
            ? `allow ${storage(after)}, or use a smaller network or image`
            : `use \`batch = ${batch}\`, or allow ${storage(after)}`,
      },
    ],
  });
}

/** The largest batch below one that does not fit; 0 when there is none. Memory is nearly a line over the batch. */
function largestBatch(
  fitted: (batch: number) => Fitted,
  batch: number,
  after: number,
  budget: number,
): number {
  if (batch === 1) return 0;
  const one = fitted(1).after;
  if (one > budget) return 0;
  let guess = 1 + Math.floor(((budget - one) / (after - one)) * (batch - 1));
  while (guess > 1 && fitted(guess).after > budget) guess -= 1;
  return guess;
}

/** `412 MB`, `1.85 GB`. */
function storage(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(Math.ceil(bytes / 1e7) / 100).toFixed(2)} GB`;
}
