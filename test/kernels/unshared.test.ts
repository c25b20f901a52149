import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { axesOf } from '../../src/runtime/engines/tf/operations/window.ts';
import { convolve, correlate, type Slides } from '../../src/runtime/kernels/convolution.ts';
import { tensor, values } from './support.ts';

const run = promisify(execFile);
const unshared = suite('our kernels without threads');

unshared('compute the same numbers on a memory that is not shared, while it grows', async () => {
  const [convolution, backend, kernels] = [
    'kernels/convolution.ts',
    'engines/choice/backend.ts',
    'kernels/kernels.ts',
  ].map((file) => JSON.stringify(new URL(`../../src/runtime/${file}`, import.meta.url).href));
  const slides: Slides = axesOf([9, 11], { kernel: [3, 3], rate: [2, 1], stride: [1, 2], padding: 'same' });
  const x = tensor<tf.Rank.R4>([2, 9, 11, 5], 1);
  const weights = tensor<tf.Rank.R4>([3, 3, 5, 9], 2);
  const code = `
    const { convolve, correlate } = await import(${convolution});
    const { openBackend } = await import(${backend});
    const { Kernels } = await import(${kernels});
    const tf = await import('@tensorflow/tfjs-core');
    await openBackend({ name: 'wasm', threads: 1 });
    const kernels = new Kernels(4);
    const large = tf.zeros([32, 1024, 1024]);
    const x = tf.tensor(${JSON.stringify([...x.dataSync()])}, ${JSON.stringify(x.shape)});
    const weights = tf.tensor(${JSON.stringify([...weights.dataSync()])}, ${JSON.stringify(weights.shape)});
    const y = convolve(kernels, x, weights, ${JSON.stringify(slides)});
    const gradient = correlate(kernels, x, y, ${JSON.stringify(slides)});
    console.log(JSON.stringify([kernels.threads, large.size, ...y.dataSync(), ...gradient.dataSync()]));
  `;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
  const [threads, , ...actual] = JSON.parse(stdout.trim().split('\n').at(-1)!) as number[];
  assert.is(threads, 1);
  const forward = values((its) => convolve(its, x, weights, slides));
  const gradient = values((its) => correlate(its, x, convolve(its, x, weights, slides), slides));
  assert.equal(actual, [...forward, ...gradient]);
});

unshared.run();
