// Times our kernels against the same primitives composed of stock operations, both on the wasm backend, on layers of the
// paper's network: `npx tsx benchmark/kernels.ts [--threads N] [--layer WORDS]`. The shortest of many runs counts.
import os from 'node:os';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../src/runtime/engines/choice/backend.ts';
import { composed } from '../src/runtime/engines/tf/composed/composed.ts';
import { axesOf } from '../src/runtime/engines/tf/operations/window.ts';
import type { Primitives } from '../src/runtime/engines/tf/primitives.ts';
import { assemble } from '../src/runtime/engines/tf/start/assemble.ts';
import { embeddedPrimitives } from '../src/runtime/engines/tf/start/embedded.ts';
import { Kernels } from '../src/runtime/kernels/kernels.ts';

interface Layer {
  readonly name: string;
  readonly size: readonly [number, number];
  readonly channels: readonly [number, number];
  readonly kernel: number;
  readonly rate: number;
  readonly stride: number;
}

/** Convolutions of the paper's network at 256×224. */
const layers: readonly Layer[] = [
  { name: 'stem1', size: [256, 224], channels: [1, 32], kernel: 3, rate: 1, stride: 2 },
  { name: 'stem2', size: [128, 112], channels: [32, 32], kernel: 3, rate: 1, stride: 1 },
  { name: 'fpm1A.s7', size: [128, 112], channels: [16, 16], kernel: 3, rate: 7, stride: 1 },
  { name: 'fpm2B.p12', size: [64, 56], channels: [32, 32], kernel: 3, rate: 12, stride: 1 },
  { name: 'down', size: [64, 56], channels: [192, 128], kernel: 3, rate: 1, stride: 2 },
  { name: 'dac.b1.r1', size: [32, 28], channels: [128, 128], kernel: 3, rate: 1, stride: 1 },
  { name: 'dac.b2.1x1', size: [32, 28], channels: [128, 128], kernel: 1, rate: 1, stride: 1 },
  { name: 'last1', size: [16, 14], channels: [768, 256], kernel: 1, rate: 1, stride: 1 },
  { name: 'up1.conv', size: [16, 14], channels: [256, 512], kernel: 3, rate: 1, stride: 1 },
  { name: 'dec3', size: [128, 112], channels: [80, 32], kernel: 3, rate: 1, stride: 1 },
  { name: 'dec4', size: [256, 224], channels: [16, 16], kernel: 3, rate: 1, stride: 1 },
];

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: String(os.availableParallelism()) },
    layer: { type: 'string', default: '' },
  },
});
const threads = Number(values.threads);
const batch = 4;

await openBackend({ name: 'wasm', threads });
const together = new Kernels(threads);
const engines: Readonly<Record<string, Primitives>> = {
  stock: composed,
  'one thread': assemble('wasm', embeddedPrimitives(new Kernels(1))),
  [`${threads} threads`]: assemble('wasm', embeddedPrimitives(together)),
};
const clock = setInterval(() => {}, 1000);
await together.ready;
clearInterval(clock);

console.log(`${os.cpus()[0]?.model}, Node ${process.version}, batch ${batch}, milliseconds and GFLOP/s`);
console.log('all taps count, also those that read beyond the map\n');
console.log(['layer', 'operation', ...Object.keys(engines)].join(' | '));
for (const layer of layers) if (layer.name.includes(values.layer)) timeConvolution(layer);
for (const [size, channels] of [
  [[128, 112], 32],
  [[32, 28], 128],
] as const) {
  if ('maps'.includes(values.layer)) timeMaps(size, channels);
}
process.exit();

function timeConvolution({ name, size, channels, kernel, rate, stride }: Layer): void {
  const axes = axesOf(size, {
    kernel: [kernel, kernel],
    rate: [rate, rate],
    stride: [stride, stride],
    padding: 'same',
  });
  const x = random([batch, ...size, channels[0]]);
  const weights = random([kernel, kernel, ...channels]);
  const dy = random([batch, axes[0].output, axes[1].output, channels[1]]);
  const operations = 2 * dy.size * kernel ** 2 * channels[0];
  report(name, 'forward', (engine) => engine.slide(x, weights, axes), operations);
  report(name, 'map gradient', (engine) => engine.spread(dy, weights, axes), operations);
  report(name, 'kernel gradient', (engine) => engine.correlate(x, dy, axes), operations);
  tf.dispose([x, weights, dy]);
}

function timeMaps(size: readonly [number, number], channels: number): void {
  const name = `${size.join('×')}×${channels}`;
  const x = random([batch, ...size, channels]);
  const dy = random(x.shape);
  const attributes = { epsilon: 1e-3, rectify: true };
  const vectors = Array.from({ length: 4 }, () => random([channels]));
  const [gamma, beta, mean] = vectors as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const weights = { gamma, beta, mean, variance: tf.square(vectors[3]!) };
  const windows = axesOf(size, { kernel: [2, 2], rate: [1, 1], stride: [2, 2], padding: 'valid' });
  const pooled = composed.maxPool(x, windows);
  report(name, 'batch norm', (engine) => engine.normaliseBatch(x, weights, attributes));
  report(name, 'normalise', (engine) => engine.normalise(x, weights, attributes));
  report(name, 'its gradients', (engine) => engine.gradeNorm(x, dy, weights, attributes));
  report(name, 'concatenate', (engine) => engine.concatenate([x, dy]));
  report(name, 'split', (engine) => engine.split(x, [channels / 2, channels / 2]));
  report(name, 'max pool', (engine) => engine.maxPool(x, windows));
  report(name, 'its gradient', (engine) => engine.gradeMaxPool(x, pooled, windows));
  report(name, 'depth to space', (engine) => engine.depthToSpace(x, 2));
  report(name, 'space to depth', (engine) => engine.spaceToDepth(x, 2));
  report(name, 'sum of three', (engine) => engine.sum([x, dy, x]));
  tf.dispose([x, dy, pooled, weights.variance, ...vectors]);
}

function report(
  name: string,
  operation: string,
  run: (engine: Primitives) => unknown,
  operations?: number,
): void {
  const columns = Object.values(engines).map((engine) => {
    const taken = shortest(() => tf.tidy(() => void run(engine)));
    const speed = operations === undefined ? '' : ` (${(operations / taken / 1e6).toFixed(0)})`;
    return `${taken.toFixed(2)}${speed}`;
  });
  console.log([name, operation, ...columns].join(' | '));
}

function shortest(work: () => void): number {
  work();
  let best = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let run = 0; run < 3 || performance.now() - start < 200; run++) {
    const begin = performance.now();
    work();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}

function random(shape: number[]): tf.Tensor {
  return tf.randomUniform(shape, -1, 1);
}
