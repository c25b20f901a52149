import {
  Bag,
  emitPlan,
  type Graph,
  normal,
  type RunPlan,
  randomStream,
  type StartSummary,
  summariseStart,
} from '../../compiler/index.ts';
import type { Batch } from '../data/batches/data-source.ts';
import { withDistances } from '../data/batches/signed-distance.ts';
import { openFold } from '../data/batches/source.ts';
import { loadDataset } from '../data/dataset/load.ts';
import { openBackend } from '../engines/choice/backend.ts';
import { plainTraining } from '../engines/plain-training.ts';
import type { TrainedPlan } from '../engines/trainer.ts';
import { readStartingWeights } from '../runs/results/starting-weights.ts';
import { measurePriors, startState } from '../train/start.ts';

/** Images that are drawn for a network that no experiment trains. */
const usualBatch = 4;

/**
 * One batch through a network at its initial weights, back and forth, changing nothing. The batch is the first that training
 * would see, or noise where there are no data. Heads start at the class prior of this batch, where the plan lets them.
 * @param plan null for a network that no experiment trains, which has no loss
 * @param backend the engine; null takes the one that training would
 */
export async function firstStep(
  graph: Graph,
  plan: RunPlan | null,
  backend: string | null,
  bag: Bag,
): Promise<StartSummary | null> {
  const answer = await openBackend({ name: backend ?? undefined });
  for (const item of answer.diagnostics) bag.add(item);
  if (answer.backend === null) return null;
  const trained = plan ?? untrained(graph);
  const found = plan === null ? 'no experiment trains it' : await firstBatch(plan);
  const [reason, batch] =
    typeof found === 'string'
      ? [found, noise(graph, plan, Math.min(trained.train.batch, usualBatch))]
      : [null, found];
  const trainer = await answer.backend.trainer(trained);
  try {
    const prior = plan?.train.head_bias === 'prior' ? await measurePriors(plan, onlyOne(batch)) : {};
    const given = plan === null ? null : readStartingWeights(plan, process.cwd(), bag);
    await trainer.restore(startState(trained, { draw: 0, headLogits: prior }, given?.weights));
    return summariseStart(graph, await trainer.inspect(batch), {
      engine: answer.backend.name,
      images: batch.ids.length,
      source: reason === null ? 'data' : 'noise',
      reason,
    });
  } finally {
    await trainer.dispose();
    await answer.backend.end();
  }
}

function untrained(graph: Graph): TrainedPlan {
  const optimizer = { kind: 'sgd', lr: 1, momentum: 0 } as const;
  return {
    network: emitPlan(graph),
    loss: [],
    train: { ...plainTraining, optimizer, epochs: 1, batch: usualBatch, seed: 1 },
  };
}

/** The first batch of the first fold, or in words why there is none. */
async function firstBatch(plan: RunPlan): Promise<Batch | string> {
  const own = new Bag();
  const loaded = loadDataset(plan, own, { complete: false });
  if (loaded === null) return own.sorted()[0]?.message ?? 'the data cannot be read';
  const source = openFold(plan, loaded.dataset, 1, { cacheFolder: null });
  try {
    return await source.trainBatch(1, 1);
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  } finally {
    await source.dispose();
  }
}

/** Noise of mean 0 and deviation 1; in its truths a disc is of one structure or class after the other, and values are noise. */
function noise({ nodes }: Graph, plan: RunPlan | null, images: number): Batch {
  const [height, width, channels] = nodes[0]!.shape as readonly [number, number, number];
  const random = randomStream('first step');
  const targets = (plan?.heads ?? []).map(({ name, kind, encoding, channels: values }) => {
    if (kind === 'value') return [name, Float32Array.from({ length: images }, () => normal(random))] as const;
    const places = kind === 'mask' ? height * width : 1;
    const truth = new Float32Array(images * places * values);
    for (let place = 0; place < images * places; place++) {
      const image = Math.floor(place / places);
      const [row, column] = [Math.floor((place % places) / width), place % width];
      const inDisc = Math.hypot(row - height / 2, column - width / 2) < Math.min(height, width) / 5;
      const inside = kind === 'mask' ? inDisc : image % 2 === 1;
      const answer = encoding === 'categorical' ? (inside ? 1 + (image % (values - 1)) : 0) : image % values;
      if (encoding === 'categorical' || inside) truth[place * values + answer] = 1;
    }
    return [name, truth] as const;
  });
  const batch = {
    ids: Array.from({ length: images }, (_, image) => `noise ${image + 1}`),
    images: Float32Array.from({ length: images * height * width * channels }, () => normal(random)),
    targets: Object.fromEntries(targets),
  };
  return withDistances(batch, plan?.loss ?? [], (head) => [
    height,
    width,
    plan!.heads.find(({ name }) => name === head)!.channels,
  ]);
}

async function* onlyOne(batch: Batch): AsyncGenerator<Batch> {
  yield batch;
}
