import type { DataPlan } from '../../../compiler/index.ts';
import { type Random, stream } from '../../random/random.ts';

/** What a phantom dataset is made from. */
export type PhantomSource = Extract<DataPlan['source'], { readonly kind: 'phantom' }>;

export type Difficulty = PhantomSource['difficulty'];

/** Why a heart looks as it does: hypertrophic, dilated, or of normal shape with a raised T1. */
export type Condition = 'normal' | 'hypertrophic' | 'dilated' | 'mild';

/** What a difficulty changes. */
export interface Preset {
  /** How often a diseased heart has each condition. */
  readonly mix: Readonly<Record<Exclude<Condition, 'normal'>, number>>;
  /** Smooth error of a reader's contour, mm. */
  readonly contourError: number;
  /** Blood signal over the noise's deviation. */
  readonly signalToNoise: readonly [number, number];
  /** How often breathing spoils an image. */
  readonly spoiled: number;
  /** What disease adds to T1, relative to the literature. */
  readonly contrast: number;
}

export const presets: Readonly<Record<Difficulty, Preset>> = {
  easy: {
    mix: { hypertrophic: 0.45, dilated: 0.4, mild: 0.15 },
    contourError: 0.3,
    signalToNoise: [30, 60],
    spoiled: 0,
    contrast: 1.3,
  },
  paper: {
    mix: { hypertrophic: 0.45, dilated: 0.4, mild: 0.15 },
    contourError: 0.75,
    signalToNoise: [12, 35],
    spoiled: 0.2,
    contrast: 1,
  },
  hard: {
    mix: { hypertrophic: 0.4, dilated: 0.32, mild: 0.28 },
    contourError: 0.75,
    signalToNoise: [12, 35],
    spoiled: 0.2,
    contrast: 1,
  },
};

/** The three short-axis slices of a T1 protocol. */
const levels = ['base', 'mid', 'apex'] as const;
export type Level = (typeof levels)[number];

export type Diagnosis = 'healthy' | 'diseased';

/** One slice of one subject, before anything is drawn. */
export interface PhantomImage {
  readonly diagnosis: Diagnosis;
  /** Counts the subjects of a diagnosis from 0. */
  readonly subject: number;
  readonly level: Level;
}

/**
 * The images of a cohort: exactly the diseased fraction of them (rounded to whole images) is of diseased subjects, and a
 * subject has one to three slices. A larger cohort begins with the subjects of a smaller one.
 */
export function cohort({ images, diseased, seed }: PhantomSource): readonly PhantomImage[] {
  const sick = Math.round(images * diseased);
  return [...imagesOf('healthy', images - sick, seed), ...imagesOf('diseased', sick, seed)];
}

function imagesOf(diagnosis: Diagnosis, count: number, seed: number): readonly PhantomImage[] {
  const images: PhantomImage[] = [];
  for (let subject = 0; images.length < count; subject += 1) {
    const random = subjectStream(seed, diagnosis, subject, 'slices');
    const slices = random.choice([1, 2, 3], [0.15, 0.2, 0.65]);
    const chosen = random.permutation(levels.length).slice(0, Math.min(slices, count - images.length));
    images.push(...chosen.map((level): PhantomImage => ({ diagnosis, subject, level: levels[level]! })));
  }
  return images;
}

/** A stream of a subject, by what it is for: what is drawn for one purpose never shifts another. */
export function subjectStream(seed: number, diagnosis: Diagnosis, subject: number, purpose: string): Random {
  return stream(seed, 'phantom', diagnosis, subject, purpose);
}
