import { readFileSync } from 'node:fs';
import { Bag, type RunPlan, withContent } from '../../../compiler/index.ts';
import { nowhere } from '../../storage/problems.ts';
import { parseManifest } from '../manifest/manifest.ts';
import type { Progress } from './check-images.ts';
import { contentDigest, contentOf } from './content.ts';
import type { Dataset } from './dataset.ts';
import { digestsOf } from './digests.ts';
import { type Loaded, loadDataset } from './load.ts';
import { splitOf } from './split.ts';

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
  return loaded && factsOf(plan, loaded);
}

/**
 * The same, and the plan with the digest of what was read.
 * @param cacheFolder where digests are kept beside the runs
 * @param progress told of each image that was looked at
 */
export function readData(
  plan: RunPlan,
  cacheFolder: string,
  bag: Bag,
  progress?: Progress,
): { readonly facts: DatasetFacts; readonly plan: RunPlan } | null {
  const digests = digestsOf(plan, cacheFolder);
  const loaded = loadDataset(plan, bag, { complete: true, digests, ...(progress && { progress }) });
  if (loaded === null) return null;
  tellSize(plan, loaded.dataset, bag);
  const content = contentDigest(contentOf(plan, loaded.dataset, digests), plan.data);
  return { facts: factsOf(plan, loaded), plan: withContent(plan, content) };
}

/** Tells of batches that are larger than what a fold trains on, and that a trial is one. */
function tellSize(plan: RunPlan, dataset: Dataset, bag: Bag): void {
  const { limit } = plan.data;
  if (limit !== undefined) {
    const taken = new Set(dataset.cases.map(({ patient }) => patient)).size;
    bag.report('limitedData', { at: nowhere(plan.source), arguments: { patients: taken } });
  }
  const { batch } = plan.train;
  const sizes = Array.from(
    { length: plan.evaluate.folds.count },
    (_, index) => splitOf(plan, dataset, index + 1).train.length,
  );
  const least = Math.min(...sizes);
  if (batch <= least) return;
  bag.report('largeBatch', {
    at: nowhere(plan.source),
    arguments: { batch, images: least, fold: sizes.indexOf(least) + 1 },
    notes: ['an epoch is then a single step, with fewer images than the batch asks for'],
    help: [{ message: `use a batch of ${least} at most: \`--set train.batch=${least}\`` }],
  });
}

function factsOf(plan: RunPlan, loaded: Loaded): DatasetFacts {
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

/**
 * Opens every image of a manifest without a spec: its rows, its files and its masks are checked, but not whether a
 * network could learn from them.
 */
export function gatherManifestFacts(path: string, bag: Bag): DatasetFacts | null {
  const text = readFileSync(path, 'utf8');
  // What is wrong with the rows is told below, with what is wrong with the files.
  const labels = parseManifest(text, path, new Bag())?.rows.flatMap(({ entry }) => entry.label ?? []) ?? [];
  return gatherFacts(indifferentPlan(path, [...new Set(labels)].sort()), bag);
}

/** A plan that any image suits: every label is a class, every size is cut to one. */
function indifferentPlan(path: string, labels: readonly string[]): RunPlan {
  const [height, width] = [16, 16];
  return {
    source: path,
    heads: [],
    network: { input: { shape: [height, width, 1] } },
    data: {
      name: path,
      source: { kind: 'manifest', path },
      image: null,
      fit: [{ kind: 'center', height, width }],
      intensity: { kind: 'minmax' },
      classes: labels.map((name) => ({ name, labels: [name] })),
      positive: labels[0] ?? '',
      structures: [{ name: 'any structure', values: [] }],
      expect: { images: null, patients: null, classes: {} },
    },
    evaluate: {
      folds: { kind: 'holdout', count: 1, fraction: 0, stratify: false, group: 'patient' },
    },
  } as unknown as RunPlan;
}
