import type { Graph } from '../ir/graph.ts';
import type { LossTerm, TrainSettings } from '../plan/run-plan.ts';
import type { Reporter } from '../semantics/program/program.ts';
import type { Span } from '../source/span.ts';
import { fittedTraining, type TrainingStep } from '../step/programs.ts';
import type { Fitted } from '../step/recompute/fit.ts';
import { stepStructure } from '../step/structure.ts';

/** Checks that training steps fit into the memory that their settings allow. Steps of one structure are fitted once. */
export class StepBudget {
  readonly #needs = new Map<string, Needs>();

  /** Reports a step that cannot be made to fit, with a batch that can. */
  check(graph: Graph, loss: readonly LossTerm[], train: TrainSettings, at: Span, reporter: Reporter): void {
    if (train.memory == null || loss.length === 0) return;
    const step = { ...train, loss };
    const structure = stepStructure(graph, step);
    const needs = this.#needs.get(structure) ?? needsOf(graph, step);
    this.#needs.set(structure, needs);
    const { before, after, budget, batch } = needs;
    if (after <= budget) return;
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
}

/** What a step takes when all is kept and as little as can be, in bytes, and the largest batch that fits; 0 where none does. */
interface Needs extends Pick<Fitted, 'before' | 'after' | 'budget'> {
  readonly batch: number;
}

function needsOf(graph: Graph, step: TrainingStep): Needs {
  const fitted = (batch: number) => fittedTraining(graph, { ...step, batch });
  const { before, after, budget } = fitted(step.batch);
  const batch = after <= budget ? step.batch : largestBatch(fitted, step.batch, after, budget);
  return { before, after, budget, batch };
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
