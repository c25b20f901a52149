import { setTimeout } from 'node:timers/promises';
import type { RunPlan, TrainSettings } from '../../compiler/index.ts';
import type { RunEvent } from '../runs/journal/events.ts';
import type { Control } from '../runs/record/control.ts';

const lookAgainMs = 200;

/** What a fold's training does about the wishes of people: it waits, and it takes another learning rate. */
export class Steering {
  readonly #plan: RunPlan;
  readonly #control: () => Control;
  #rate: number | null = null;
  #waitedMs = 0;

  constructor(plan: RunPlan, control: () => Control) {
    this.#plan = plan;
    this.#control = control;
  }

  /** Between two steps: waits while a pause is wished for, unless a stop is, and says what has changed. */
  async obey(
    at: { readonly epoch: number; readonly step: number },
    emit: (event: Steered) => void,
    stopRequested: () => boolean,
  ): Promise<void> {
    if (this.#control().paused && !stopRequested()) {
      const begin = performance.now();
      emit({ type: 'paused', ...at });
      while (this.#control().paused && !stopRequested()) await setTimeout(lookAgainMs);
      this.#waitedMs += performance.now() - begin;
      emit({ type: 'continued', ...at });
    }
    const { learningRate } = this.#control();
    if (learningRate === this.#rate || stopRequested()) return;
    const { lr } = this.#plan.train.optimizer;
    emit({ type: 'changed', ...at, learningRate: { from: this.#rate ?? lr, to: learningRate ?? lr } });
    this.#rate = learningRate;
  }

  /** The settings that count now. */
  get settings(): TrainSettings {
    const { train } = this.#plan;
    return this.#rate === null ? train : { ...train, optimizer: { ...train.optimizer, lr: this.#rate } };
  }

  /** Milliseconds spent waiting so far. */
  get waitedMs(): number {
    return this.#waitedMs;
  }
}

type WithoutStamp<E> = E extends RunEvent ? Omit<E, 'time' | 'fold'> : never;
/** An event of steering, before it is stamped. */
export type Steered = WithoutStamp<Extract<RunEvent, { type: 'paused' | 'continued' | 'changed' }>>;
