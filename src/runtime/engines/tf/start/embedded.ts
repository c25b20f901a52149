import * as tf from '@tensorflow/tfjs-core';
import * as convolution from '../../../kernels/convolution.ts';
import { addAll, descend, gradeRelu } from '../../../kernels/elements.ts';
import type { Kernels } from '../../../kernels/kernels.ts';
import { concatenate, depthToSpace, spaceToDepth, split } from '../../../kernels/memory.ts';
import { gradeNorm, measure, normalise } from '../../../kernels/normalisation.ts';
import { gradePool, poolLargest } from '../../../kernels/pooling.ts';
import type { Primitives } from '../primitives.ts';

/** Primitives by our own kernels, inside the wasm backend. */
export function embeddedPrimitives(kernels: Kernels): Partial<Primitives> {
  return {
    slide: (x, kernel, axes) => convolution.convolve(kernels, map(x), map(kernel), axes),
    slideFinished: (x, kernel, axes, finish) =>
      convolution.convolve(kernels, map(x), map(kernel), axes, finish),
    spread: (dy, kernel, axes) => convolution.spread(kernels, map(dy), map(kernel), axes),
    correlate: (x, dy, axes) => convolution.correlate(kernels, map(x), map(dy), axes),
    normaliseBatch: (x, weights, attributes) => {
      const moments = measure(kernels, x);
      return { ...moments, y: normalise(kernels, x, { ...weights, ...moments, ...attributes }) };
    },
    normalise: (x, weights, attributes) => normalise(kernels, x, { ...weights, ...attributes }),
    gradeNorm: (x, dy, weights, attributes) => gradeNorm(kernels, x, dy, { ...weights, ...attributes }),
    maxPool: (x, axes) => poolLargest(kernels, map(x), axes),
    gradeMaxPool: (x, dy, axes) => gradePool(kernels, map(x), map(dy), axes),
    depthToSpace: (x, factor) => depthToSpace(kernels, map(x), factor),
    spaceToDepth: (x, factor) => spaceToDepth(kernels, map(x), factor),
    concatenate: (maps) => concatenate(kernels, maps),
    split: (whole, channels) => split(kernels, whole, channels),
    sum: (tensors) => addAll(kernels, tensors),
    gradeRelu: (x, dy) => gradeRelu(kernels, x, dy),
    rmsprop: (states, gradients, { lr, rho, epsilon }) => {
      const descents = states.map(({ weight, meanSquare }, index) => ({
        weights: weight,
        squares: meanSquare,
        gradient: gradients[index]!,
      }));
      return descend(kernels, descents, { rate: lr, decay: rho, epsilon }).map(({ weights, squares }) => ({
        weight: weights,
        meanSquare: squares,
      }));
    },
  };
}

/**
 * Lets copies of a tensor share its values, as on every other backend: the stock kernel copies them, and TensorFlow.js
 * makes a copy of all that a gradient will read.
 */
export function shareCopies(): void {
  const name = { kernelName: 'Identity', backendName: 'wasm' };
  tf.unregisterKernel(name.kernelName, name.backendName);
  tf.registerKernel({
    ...name,
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs['x'] as tf.TensorInfo;
      (backend as tf.KernelBackend).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}

function map(tensor: tf.Tensor): tf.Tensor4D {
  return tensor as tf.Tensor4D;
}
