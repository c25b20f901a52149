// Registers the gradients of the stock operations; tfjs-core alone has none.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { type EngineName, initialWeights } from '../../../../compiler/index.ts';
import type { Backend } from '../../backend.ts';
import { createTrainer } from '../training/layers-trainer.ts';

/** The backend of TensorFlow.js that has just been set, as an engine. */
export function layersBackend(name: EngineName, threads: number, version: string): Backend {
  // Without it TensorFlow.js advertises another package on standard error.
  tf.enableProdMode();
  return {
    name,
    threads,
    version,
    compiles: false,
    trainer: async (plan) => {
      const weights = plan.network.layers.flatMap((layer) => layer.weights);
      return createTrainer(plan, initialWeights(weights, plan.train.seed));
    },
    tensors: () => tf.memory().numTensors,
    end: async () => {},
  };
}
