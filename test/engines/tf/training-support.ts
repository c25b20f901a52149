import { initialWeights } from '../../../src/compiler/interpret/initial-weights.ts';
import type { RunPlan } from '../../../src/compiler/plan/run-plan.ts';
import { emitPlan } from '../../../src/compiler/targets/tfjs/emit.ts';
import type { Batch, DataSource } from '../../../src/runtime/data/batches/data-source.ts';
import { plainTraining } from '../../../src/runtime/engines/plain-training.ts';
import { createTrainer } from '../../../src/runtime/engines/tf/training/layers-trainer.ts';
import type { TrainedPlan, Trainer } from '../../../src/runtime/engines/trainer.ts';
import { Network } from '../../support/network.ts';
import { randomValues } from './support.ts';

export const size = 16;

/** A network with one of everything that a checkpoint has to hold: statistics, sharing, dropout, two heads. */
export function tinyPlan(train: Partial<RunPlan['train']> = {}): TrainedPlan & RunPlan {
  const network = new Network([size, size, 1], 'Tiny');
  const unit = (x: number, path: string, channels: number, rate = 1, layer = path) => {
    const conv = network.apply(
      'conv',
      x,
      { channels, kernel: 3, rate, bias: false },
      { path: `${path}/conv`, layer: `${layer}/conv` },
    );
    const norm = network.apply(
      'batch_norm',
      conv,
      { momentum: 0.9 },
      { path: `${path}/norm`, layer: `${layer}/norm` },
    );
    return network.apply('relu', norm, {}, { path: `${path}/relu` });
  };
  const first = unit(network.image, 'first', 4);
  const near = unit(first, 'near', 4, 2, 'shared');
  const far = unit(near, 'far', 4, 2, 'shared');
  const pooled = network.apply('max_pool', network.apply('concat', [first, far]), { size: 2 });
  const deep = unit(pooled, 'deep', 8);
  const wide = network.apply('depth_to_space', unit(deep, 'up', 8), { factor: 2 });
  const mask = network.apply('conv', network.apply('concat', [wide, first]), { channels: 1, kernel: 1 });
  network.head('segmentation', 'mask', network.apply('sigmoid', mask, {}));
  const features = network.apply('dropout', network.apply('global_avg_pool', deep, {}), { rate: 0.25 });
  const label = network.apply('dense', features, { units: 1 });
  network.head('diagnosis', 'label', network.apply('sigmoid', label, {}));
  return {
    version: 1,
    experiment: 'Tiny',
    source: 'tiny.cmrnet',
    hash: '',
    network: emitPlan(network.build()),
    data: { structures: [{ name: 'myocardium', values: [] }] },
    heads: [
      { name: 'segmentation', kind: 'mask', channels: 1, encoding: 'binary', trained: true },
      { name: 'diagnosis', kind: 'label', channels: 1, encoding: 'binary', trained: true },
    ],
    loss: [
      { weight: 0.9, head: 'segmentation', loss: 'jaccard', smooth: 1e-6, reduction: 'image' },
      { weight: 0.1, head: 'diagnosis', loss: 'bce' },
    ],
    train: {
      ...plainTraining,
      optimizer: { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 },
      epochs: 4,
      batch: 4,
      seed: 7,
      recalibrate: 2,
      ...train,
    },
    evaluate: {
      folds: { kind: 'kfold', count: 2, fraction: 0.5, stratify: false, group: 'patient' },
      aggregate: 'pooled',
      threshold: 0.5,
      flips: 'none',
      components: 'all',
      metrics: {},
    },
  } as unknown as TrainedPlan & RunPlan;
}

export function tinyTrainer(plan: TrainedPlan): Trainer {
  const weights = plan.network.layers.flatMap((layer) => layer.weights);
  return createTrainer(plan, initialWeights(weights, plan.train.seed));
}

/** Noisy images of a bright square; the label says whether it is large. */
export function batchOf(key: string, count: number): Batch {
  const noise = randomValues(key, [count, size, size]).data;
  const places = randomValues(`${key} places`, [count, 3]).data;
  const images = new Float32Array(count * size * size);
  const mask = new Float32Array(images.length);
  const label = new Float32Array(count);
  for (let image = 0; image < count; image++) {
    const [x, y, kind] = [0, 1, 2].map((index) => places[3 * image + index]!) as [number, number, number];
    const extent = kind > 0 ? 7 : 4;
    label[image] = kind > 0 ? 1 : 0;
    const [left, top] = [x, y].map((place) => 2 + (Math.floor(Math.abs(place * 3)) % 6)) as [number, number];
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const inside = row >= top && row < top + extent && column >= left && column < left + extent;
        const index = (image * size + row) * size + column;
        mask[index] = inside ? 1 : 0;
        images[index] = (inside ? 1 : 0) + 0.3 * noise[index]!;
      }
    }
  }
  return {
    ids: Array.from({ length: count }, (_, index) => `${key}-${index}`),
    images,
    targets: { segmentation: mask, diagnosis: label },
  };
}

/** Three steps an epoch, the last with fewer images; two held-out batches. */
export function tinyData(): DataSource {
  return {
    trainImages: 10,
    trainPatients: 10,
    heldOutImages: 3,
    heldOutPatients: 3,
    stepsPerEpoch: 3,
    trainBatch: async (epoch, step) => batchOf(`epoch ${epoch} step ${step}`, step === 3 ? 2 : 4),
    async *training() {
      yield batchOf('training 1', 4);
      yield batchOf('training 2', 6);
    },
    validationImages: 2,
    async *validation() {
      yield batchOf('validation', 2);
    },
    async *heldOut() {
      yield batchOf('held out 1', 2);
      yield batchOf('held out 2', 1);
    },
    dispose: async () => {},
  };
}
