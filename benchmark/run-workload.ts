import { Bag, initialWeights } from '../src/compiler/index.ts';
import { openFold } from '../src/runtime/data/batches/source.ts';
import { loadDataset } from '../src/runtime/data/dataset/load.ts';
import { locatedPlan } from '../src/runtime/runs/record/located.ts';
import { openRun } from '../src/runtime/runs/record/store.ts';
import type { Case } from './cases.ts';
import type { Workload } from './workload.ts';

/**
 * The first batch of a run's first fold, on the run's network with its initial weights: real images, where the run has some.
 * Without what peers know nothing of or draw themselves: clipping, decay, averages and dropout. In words why there is none.
 */
export async function workloadOfRun(
  folder: string,
): Promise<{ readonly one: Case; readonly workload: Workload } | string> {
  const bag = new Bag();
  const run = openRun(folder, bag);
  const plan = run === null ? null : locatedPlan(run);
  const dataset = plan === null ? undefined : loadDataset(plan, bag, { complete: false })?.dataset;
  if (run === null || plan === null || dataset === undefined) return bag.sorted()[0]!.message;
  const source = openFold(plan, dataset, run.record.folds[0]!, { cacheFolder: null });
  const batch = await source.trainBatch(1, 1);
  await source.dispose();
  const specs = plan.network.layers.flatMap(({ weights }) => weights);
  const values = initialWeights(specs, plan.train.seed);
  const weights = new Map(
    specs.map(({ name, shape }) => [name, { shape, values: Float32Array.from(values.get(name)!) }]),
  );
  const [height, width] = plan.network.input.shape as [number, number];
  const one = { network: 'paper', height, width, batch: batch.ids.length, channels: 16, serial: 3 } as const;
  const layers = plan.network.layers.map((layer) =>
    layer.op === 'dropout' ? { ...layer, attributes: { ...layer.attributes, rate: 0 } } : layer,
  );
  const train = { ...plan.train, clip: null, weight_decay: 0, average: null };
  return {
    one,
    workload: { plan: { ...plan, network: { ...plan.network, layers }, train }, weights, batch },
  };
}
