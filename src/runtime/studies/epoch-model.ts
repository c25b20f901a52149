import {
  builtInRatesFor,
  type Graph,
  graphOfPlan,
  predictTraining,
  type RunPlan,
  type StepPrediction,
  stepStructure,
  trainableCount,
  trainedSlots,
  weightCount,
} from '../../compiler/index.ts';
import { viewCount } from '../engines/answers.ts';
import type { LikelyEngine } from '../engines/choice/likely.ts';
import { type EngineRatio, engineRatios } from './engine-ratios.ts';

/** Milliseconds of a byte of weights and running values in a checkpoint, which is copied, summed and written. */
const checkpointMs = 12e-6;
/** Every epoch the compiled engine makes its inference anew, with the weights as they are. */
const sessionMs = 500;
/** Drawing a pixel of a phantom's image, and fitting its curve. */
const drawnPixelMs = 4e-3;

/** What of a plan decides what it takes. */
interface Sized {
  readonly graph: Graph;
  /** Equal for plans whose steps take the same. */
  readonly structure: string;
  /** Bytes of weights and of what the optimizer remembers of them. */
  readonly stateBytes: number;
}

/** The cost model of one engine. Each structure of a step is modelled once, when it is first asked for: that takes half a second. */
export class EpochModel {
  readonly engine: LikelyEngine;
  /** Whether nothing but figures of another engine is known. */
  readonly isGuess: boolean;
  readonly #ratio: EngineRatio;
  readonly #plans = new Map<string, Sized>();
  readonly #steps = new Map<string, StepPrediction>();

  constructor(engine: LikelyEngine) {
    this.engine = engine;
    this.isGuess = engine.name !== 'onnx' || engine.provider !== null;
    this.#ratio = engineRatios[engine.provider === null ? engine.name : 'tfjs-node-gpu'];
  }

  /** A step takes so many times as long as one of the compiled engine. */
  get stepRatio(): number {
    return this.#ratio.step;
  }

  /** What is told may be that many times as long, or as short. */
  get factor(): number {
    return this.engine.rates.factor * this.#ratio.factor;
  }

  /** A text that is equal for plans whose steps take the same. */
  structureOf(plan: RunPlan): string {
    return this.#sized(plan).structure;
  }

  /** Milliseconds of an epoch after the first. @param images All of the dataset */
  epochMs(plan: RunPlan, images: number): number {
    const { stateBytes } = this.#sized(plan);
    const { ms, forwardMs } = this.#step(plan);
    const { train, evaluate, network } = plan;
    const heldOut = images * evaluate.folds.fraction;
    const judged = (images - heldOut) * train.validation;
    const steps = Math.ceil((images - heldOut - judged) / train.batch);
    const hasStatistics = network.layers.some(({ weights }) => weights.some(({ trainable }) => !trainable));
    const recalibrated = hasStatistics ? Math.min(train.recalibrate, steps) * train.batch : 0;
    const inferred = heldOut * (1 + viewCount(evaluate)) + judged + recalibrated;
    const inferenceMs = (this.#ratio.inference * forwardMs) / train.batch;
    const sessions = !this.isGuess && inferred > 0 ? sessionMs : 0;
    return steps * this.#ratio.step * ms + inferred * inferenceMs + sessions + checkpointMs * stateBytes;
  }

  /** Bytes of the process that trains. */
  processBytes(plan: RunPlan): number {
    const { stateBytes } = this.#sized(plan);
    const { process, step, state } = this.#ratio.memory;
    return process + step * Math.max(0, this.#step(plan).bytes - stateBytes) + state * stateBytes;
  }

  /** Milliseconds that a dataset's images take before their first epoch. */
  drawingMs({ data: { source } }: RunPlan): number {
    return source.kind === 'phantom' ? drawnPixelMs * source.images * source.size[0] * source.size[1] : 0;
  }

  #step(plan: RunPlan): StepPrediction {
    const { graph, structure } = this.#sized(plan);
    const { loss, train } = plan;
    const step =
      this.#steps.get(structure) ?? predictTraining(graph, { ...train, loss }, ratesOf(this.engine));
    this.#steps.set(structure, step);
    return step;
  }

  #sized({ network, loss, train }: RunPlan): Sized {
    // Plans of a sweep share networks, and differ in what a step does not depend on.
    const { optimizer, batch, clip, weighting, weight_decay, average, memory } = train;
    const { accumulate, freeze, rates } = train;
    const settings = {
      optimizer,
      batch,
      clip,
      weighting,
      weight_decay,
      average,
      memory,
      accumulate,
      freeze,
      rates,
    };
    const key = JSON.stringify([network.hash, loss, settings]);
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const graph = graphOfPlan(network);
    const slots = trainedSlots(train).length;
    const sized = {
      graph,
      structure: stepStructure(graph, { ...train, loss }),
      stateBytes: 4 * (weightCount(graph) + slots * trainableCount(graph)),
    };
    this.#plans.set(key, sized);
    return sized;
  }
}

/** Other engines are told from the compiled one with blocks, whether or not this processor has them. */
function ratesOf({ name, rates, provider }: LikelyEngine): LikelyEngine['rates'] {
  return (name === 'onnx' && provider === null) || rates.block !== null
    ? rates
    : builtInRatesFor(rates.threads, 8);
}
