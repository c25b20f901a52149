import * as tf from '@tensorflow/tfjs-core';
import { composed } from '../composed/composed.ts';
import { type Axes, axesOf } from '../operations/window.ts';
import type { Primitives } from '../primitives.ts';
import * as convolution from './convolution.ts';
import * as maps from './maps.ts';
import * as normalisation from './normalisation.ts';
import { rmsprop } from './rmsprop.ts';

/**
 * Primitives by TensorFlow's own kernels, through the library that tfjs-node and tfjs-node-gpu bind. The library has to
 * be open: whether it knows the gradients of atrous convolutions depends on its build and is tried.
 */
export function nativePrimitives(): Primitives {
  const atrous = gradesAtrous() ? convolution : composed;
  const choose = ([rows, columns]: Axes) => (Math.max(rows.rate, columns.rate) > 1 ? atrous : convolution);
  return {
    slide: convolution.slide,
    slideFinished: (x, kernel, axes, { bias, rectify }) => {
      const y = tf.add(convolution.slide(x, kernel, axes), bias);
      return rectify ? tf.relu(y) : y;
    },
    spread: (dy, kernel, axes) => choose(axes).spread(dy, kernel, axes),
    correlate: (x, dy, axes) => choose(axes).correlate(x, dy, axes),
    normaliseBatch: normalisation.normaliseBatch,
    normalise: normalisation.normalise,
    gradeNorm: normalisation.gradeNorm,
    maxPool: maps.maxPool,
    gradeMaxPool: maps.gradeMaxPool,
    depthToSpace: maps.depthToSpace,
    spaceToDepth: maps.spaceToDepth,
    concatenate: maps.concatenate,
    split: maps.split,
    sum: maps.sum,
    gradeRelu: maps.gradeRelu,
    rmsprop,
    areFinite: maps.areFinite,
  };
}

/** Whether the library has the gradients of atrous convolutions: on a CPU only oneDNN has. */
function gradesAtrous(): boolean {
  const axes = axesOf([4, 4], { kernel: [2, 2], rate: [2, 2], stride: [1, 1], padding: 'same' });
  const map = (channels: number) => tf.ones([1, 4, 4, channels]);
  try {
    tf.tidy(() => {
      convolution.spread(map(1), tf.ones([2, 2, 1, 1]), axes).dataSync();
      convolution.correlate(map(1), map(1), axes).dataSync();
    });
    return true;
  } catch {
    return false;
  }
}
