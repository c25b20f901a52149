import type { RunPlan } from '../../compiler/index.ts';
import type { EpochModel } from './epoch-model.ts';
import type { Measured } from './measured.ts';
import { statusOf, type Trial } from './trials.ts';

/** A time that nobody has measured yet, in milliseconds. */
export interface ToldTime {
  readonly ms: number;
  /** Between which it will be, as far as one can tell. */
  readonly least: number;
  readonly most: number;
}

/** What is left of a trial. */
export interface Forecast extends ToldTime {
  /** Memory of its process. */
  readonly bytes: number;
  /** What it was told from. */
  readonly basis: Basis;
}

/**
 * From best to worst: runs here whose steps have the same structure; the cost model, set right by other runs here, by the rates
 * of `cmrc backend calibrate`, or by those built in; another engine's figures.
 */
export type Basis = 'runs like it' | 'other runs' | 'a calibration' | 'built-in rates' | 'a guess';

/** Starting a process, an engine and the data. */
const startMs = 4000;
/** What runs on one machine differ by, at the least: other work, and what is not modelled. */
const [alikeFactor, othersFactor] = [1.1, 1.3];
/** How many networks of other runs are held against the model. */
const maxOthers = 3;
/** A process takes more within an epoch than it has at its end. */
const withinEpoch = 1.1;

/**
 * What is left of trials, one after another as they are asked for: the first of each structure takes half a second.
 * @param imagesOf How many images the dataset of a trial has
 */
export function* forecasts(
  trials: readonly Trial[],
  imagesOf: (trial: Trial) => number,
  model: EpochModel,
  measured: readonly Measured[],
): Generator<readonly [Trial, Forecast]> {
  const own = measured.filter(({ engine }) => engine === model.engine.name);
  const ratios = lazily(() => ratiosOf(own, model));
  const drawn = new Set(own.map(({ plan }) => JSON.stringify(plan.data.source)));
  for (const trial of trials) {
    const { plan } = trial.run;
    const images = imagesOf(trial);
    const alike = alikeTo(plan, own, model);
    const epoch = epochOf(plan, images, alike, ratios, model);
    const bytes =
      alike.length > 0 ? withinEpoch * Math.max(...alike.map((one) => one.bytes)) : model.processBytes(plan);
    const { state, epochs } = statusOf(trial);
    const over = state === 'finished' || state === 'diverged';
    const left = over ? 0 : Math.max(0, plan.train.epochs - epochs);
    const source = JSON.stringify(plan.data.source);
    const before = left === 0 ? 0 : startMs + (drawn.has(source) ? 0 : model.drawingMs(plan));
    if (left > 0) drawn.add(source);
    yield [
      trial,
      {
        ms: before + left * epoch.ms,
        least: before + left * epoch.least,
        most: before + left * epoch.most,
        bytes,
        basis: epoch.basis,
      },
    ];
  }
}

function alikeTo(plan: RunPlan, own: readonly Measured[], model: EpochModel): readonly Measured[] {
  if (own.length === 0) return [];
  const structure = model.structureOf(plan);
  return own.filter((one) => model.structureOf(one.plan) === structure);
}

/** Milliseconds of an epoch. */
function epochOf(
  plan: RunPlan,
  images: number,
  alike: readonly Measured[],
  ratios: () => readonly number[],
  model: EpochModel,
): ToldTime & { readonly basis: Basis } {
  if (alike.length > 0) {
    const times = alike.map((one) => (one.epochMs * images) / Math.max(1, one.images));
    return { ...between(times, alikeFactor), basis: 'runs like it' };
  }
  const ms = model.epochMs(plan, images);
  if (ratios().length > 0) {
    const times = ratios().map((ratio) => ratio * ms);
    return { ...between(times, othersFactor), basis: 'other runs' };
  }
  const basis = model.isGuess ? 'a guess' : model.engine.rates.measured ? 'a calibration' : 'built-in rates';
  return { ms, least: ms / model.factor, most: ms * model.factor, basis };
}

/** How many times as long as the model says epochs of the newest runs took, one of each structure. */
function ratiosOf(own: readonly Measured[], model: EpochModel): readonly number[] {
  const newest = new Map<string, Measured>();
  for (const one of own) {
    if (newest.size === maxOthers) break;
    const structure = model.structureOf(one.plan);
    if (!newest.has(structure)) newest.set(structure, one);
  }
  return [...newest.values()].map(({ plan, images, epochMs }) => epochMs / model.epochMs(plan, images));
}

/** The median, and a range that is at least so wide. */
function between(values: readonly number[], factor: number): ToldTime {
  const sorted = [...values].sort((left, right) => left - right);
  const ms = sorted[Math.floor(sorted.length / 2)]!;
  return { ms, least: Math.min(sorted[0]!, ms / factor), most: Math.max(sorted.at(-1)!, ms * factor) };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
