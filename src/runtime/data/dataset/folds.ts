import type { EvaluateSettings, RunPlan } from '../../../compiler/index.ts';
import { groupBy } from '../../random/group.ts';
import { stream } from '../../random/random.ts';
import type { AttributeValues } from './attributes.ts';
import type { Dataset } from './dataset.ts';

/** What dealing needs to know of an image. */
export interface Dealt {
  readonly id: string;
  readonly patient: string;
  /** The class to keep in proportion; null where it does not matter. */
  readonly class: string | null;
  readonly attributes?: AttributeValues;
}

export type FoldSettings = EvaluateSettings['folds'];

/** The fold that holds each image out, from 1 on; 0 for images that only train. In the order of the images. */
export type Folds = readonly number[];

/** The folds of a dataset: those that its manifest assigns (0 trains only), or dealt by the run's seed. */
export function foldsOf(plan: RunPlan, dataset: Dataset): Folds {
  if (dataset.cases.some(({ fold }) => fold !== null)) return dataset.cases.map(({ fold }) => fold ?? 0);
  return dealFolds(dataset.cases, plan.evaluate.folds, plan.train.seed);
}

/**
 * Deals images into folds: whole patients (unless `group` is `image`), each class spread evenly when `stratify` is set.
 * The largest groups are dealt first, each to the fold that lacks its classes most, so that the small ones even the
 * folds out. The order among equals is drawn per group from the seed, so it does not depend on the order of the rows.
 */
export function dealFolds(images: readonly Dealt[], settings: FoldSettings, seed: number): Folds {
  if (settings.kind === 'holdout' && settings.fraction === 0) return images.map(() => 0);
  const shares = foldShares(settings);
  const groups = groupImages(images, settings, seed);
  const totals = new Map<string | null, number>();
  for (const group of groups) {
    for (const [name, count] of group.counts) totals.set(name, (totals.get(name) ?? 0) + count);
  }

  const dealt = shares.map(() => ({ counts: new Map<string | null, number>(), images: 0 }));
  const lack = (fold: number, group: Group): number => {
    let sum = 0;
    for (const [name, count] of group.counts) {
      const total = totals.get(name)!;
      sum += count * (shares[fold]!.share - (dealt[fold]!.counts.get(name) ?? 0) / total);
    }
    return sum;
  };
  const room = (fold: number): number => shares[fold]!.share * images.length - dealt[fold]!.images;

  const folds = new Array<number>(images.length).fill(0);
  for (const group of groups) {
    const best = shares
      .map((_, fold) => ({ fold, lack: lack(fold, group), room: room(fold) }))
      .reduce((chosen, other) => (prefer(other, chosen) ? other : chosen)).fold;
    for (const [name, count] of group.counts) {
      dealt[best]!.counts.set(name, (dealt[best]!.counts.get(name) ?? 0) + count);
    }
    dealt[best]!.images += group.members.length;
    for (const member of group.members) folds[member] = shares[best]!.fold;
  }
  return folds;
}

interface Candidate {
  readonly lack: number;
  readonly room: number;
}

/** Sums of fractions differ by rounding; folds that lack equally much are compared by their room. */
const tie = 1e-9;

function prefer(other: Candidate, chosen: Candidate): boolean {
  if (Math.abs(other.lack - chosen.lack) > tie) return other.lack > chosen.lack;
  return other.room > chosen.room + tie;
}

/** A holdout has one fold that is held out and a rest that never is. */
function foldShares(settings: FoldSettings): readonly { fold: number; share: number }[] {
  if (settings.kind === 'holdout') {
    return [
      { fold: 0, share: 1 - settings.fraction },
      { fold: 1, share: settings.fraction },
    ];
  }
  return Array.from({ length: settings.count }, (_, index) => ({
    fold: index + 1,
    share: 1 / settings.count,
  }));
}

interface Group {
  readonly members: readonly number[];
  /** Images by class. */
  readonly counts: ReadonlyMap<string | null, number>;
  readonly order: number;
}

/** The class that is kept in proportion; null where none is. */
function stratumOf({ class: name, attributes }: Dealt, { stratify }: FoldSettings): string | null {
  if (typeof stratify === 'string') return String(attributes?.[stratify] ?? '');
  return stratify ? name : null;
}

/** Patients, or single images, by falling size and then in the order drawn for them. */
function groupImages(images: readonly Dealt[], settings: FoldSettings, seed: number): readonly Group[] {
  const named = groupBy(images.entries(), ([, image]) =>
    settings.group === 'patient' ? image.patient : image.id,
  );
  const groups = [...named].map(([name, entries]): Group => {
    const classes = groupBy(entries, ([, image]) => stratumOf(image, settings));
    return {
      members: entries.map(([index]) => index),
      counts: new Map([...classes].map(([key, members]) => [key, members.length])),
      order: stream(seed, 'fold', name).uniform(),
    };
  });
  return groups.sort((left, right) => right.members.length - left.members.length || left.order - right.order);
}
