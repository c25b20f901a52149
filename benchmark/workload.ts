import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { compile, emitPlan, initialWeights, type RunPlan } from '../src/compiler/index.ts';
import type { Batch } from '../src/runtime/data/batches/data-source.ts';
import { plainTraining } from '../src/runtime/engines/plain-training.ts';
import type { TrainedPlan } from '../src/runtime/engines/trainer.ts';
import { encodeTensors, type Tensors } from '../src/runtime/storage/safetensors.ts';
import { paperNetwork } from '../test/support/paper-network.ts';
import { specHost } from '../test/support/spec-host.ts';
import { type Case, caseNetworks } from './cases.ts';

/** What every player does: one network from the same weights on the same batch. */
export interface Workload {
  readonly plan: TrainedPlan;
  readonly weights: Tensors;
  readonly batch: Batch;
}

export function workloadOf(one: Case): Workload {
  const plan = one.network === 'paper' ? paperPlan(one) : specPlan(one);
  const specs = plan.network.layers.flatMap((layer) => layer.weights);
  const values = initialWeights(specs, plan.train.seed);
  return {
    plan,
    weights: new Map(
      specs.map(({ name, shape }) => [name, { shape, values: Float32Array.from(values.get(name)!) }]),
    ),
    batch: batchOf(plan, one),
  };
}

/** Built without the language, whose compilation is no part of what is measured. */
function paperPlan({ height, width, batch, channels, serial: count }: Case): TrainedPlan {
  const serial = Array.from({ length: count }, (_, index) => [3, 5, 7][index % 3]!);
  const network = emitPlan(paperNetwork({ image: [height, width, 1], width: channels, serial }));
  const loss: RunPlan['loss'] = [
    { weight: 0.9, head: 'segmentation', loss: 'jaccard', smooth: 1e-6, reduction: 'image' },
    { weight: 0.1, head: 'diagnosis', loss: 'bce' },
  ];
  const optimizer = { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 } as const;
  return { network, loss, train: { ...plainTraining, optimizer, epochs: 1, seed: 1, batch } };
}

/** Of an experiment of `networks.cmrnet`. */
function specPlan({ network, height, width, batch, channels }: Case): TrainedPlan {
  const overrides = [`model.size=[${height}, ${width}]`, `model.width=${channels}`, `train.batch=${batch}`];
  const { experiments } = compile('benchmark/networks.cmrnet', specHost(), {
    overrides: [...overrides, `data.fit=[resize(${height}, ${width})]`],
  });
  return experiments.find(({ name }) => name === caseNetworks[network])!.plan!;
}

/** Stripes that end in the middle of the image; the mask shows every structure on one of them, the label every other image. */
function batchOf({ network: { heads, nodes } }: TrainedPlan, { batch, height, width }: Case): Batch {
  const pixels = batch * height * width;
  const stripe = (pixel: number) => Math.floor((4 * (pixel % width)) / width);
  const targets = heads.map(({ name, node }) => {
    const channels = nodes[node]!.shape.at(-1)!;
    const truth =
      nodes[node]!.shape.length === 1
        ? Float32Array.from({ length: batch }, (_, image) => image % 2)
        : Float32Array.from({ length: pixels * channels }, (_, index) =>
            stripe(Math.floor(index / channels)) === index % channels ? 1 : 0,
          );
    return [name, truth] as const;
  });
  return {
    ids: Array.from({ length: batch }, (_, image) => String(image)),
    images: Float32Array.from({ length: pixels }, (_, pixel) => Math.sin(pixel / 100) + (pixel % 13) / 13),
    targets: Object.fromEntries(targets),
  };
}

/**
 * Writes a workload for players in other languages: `plan.json` (network, loss and train as in a run's plan),
 * `weights.safetensors`, and `batch.safetensors` with `images` and one array per head. Gives the folder.
 */
export function writeWorkload({ plan, weights, batch }: Workload): string {
  const folder = mkdtempSync(join(os.tmpdir(), 'cmrnet-bench-'));
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  writeFileSync(join(folder, 'weights.safetensors'), encodeTensors(weights));
  const images = { shape: [batch.ids.length, ...plan.network.input.shape], values: batch.images };
  const taught = plan.network.heads.filter(({ name }) => batch.targets[name] !== undefined);
  const targets = taught.map(({ name, node }) => {
    const shape = [batch.ids.length, ...plan.network.nodes[node]!.shape];
    return [name, { shape, values: batch.targets[name]! }] as const;
  });
  writeFileSync(join(folder, 'batch.safetensors'), encodeTensors(new Map([['images', images], ...targets])));
  return folder;
}

export function removeWorkload(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
