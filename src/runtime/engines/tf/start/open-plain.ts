import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendAnswer } from '../../backend.ts';
import { openEngine } from './assemble.ts';
import { layersBackend } from './layers-backend.ts';

/** TensorFlow.js in plain JavaScript: slow, and the same everywhere. */
export async function openPlain(): Promise<BackendAnswer> {
  await tf.setBackend('cpu');
  openEngine('cpu', 'cpu', {});
  return { backend: layersBackend('cpu', 1, tf.version_core), diagnostics: [] };
}
