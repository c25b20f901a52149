import type { Bag, RunPlan } from '../compiler/index.ts';
import { loadDataset } from './data/load.ts';

/** What a dataset holds, as `cmrc data check` shows it. */
export interface DatasetFacts {
  readonly dataset: string;
  readonly images: number;
  readonly patients: number;
  /** Images by class. */
  readonly classes: Readonly<Record<string, number>>;
  /** Images by size and channels, such as `256×216×1`; empty for phantoms, which are drawn when they are needed. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly structures: Readonly<Record<string, { readonly masks: number; readonly pixels: number }>>;
}

/** Opens every image of a run's dataset. Null, with everything wrong in the bag, when it cannot be trained on. */
export function gatherFacts(plan: RunPlan, bag: Bag): DatasetFacts | null {
  const loaded = loadDataset(plan, bag, { complete: true });
  if (loaded === null) return null;
  const { cases } = loaded.dataset;
  const classes: Record<string, number> = Object.fromEntries(plan.data.classes.map(({ name }) => [name, 0]));
  for (const one of cases) if (one.class !== null) classes[one.class] = (classes[one.class] ?? 0) + 1;
  return {
    dataset: plan.data.name,
    images: cases.length,
    patients: new Set(cases.map(({ patient }) => patient)).size,
    classes,
    sizes: Object.fromEntries(loaded.facts?.sizes ?? []),
    structures: Object.fromEntries(loaded.facts?.structures ?? []),
  };
}
