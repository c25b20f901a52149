import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { addonFile, type InstalledEngine } from '../../installed/record.ts';

const require = createRequire(import.meta.url);

/**
 * The stand-in for TensorFlow.js that is installed with the package asks for it by this name: the copy that this program
 * uses, since two copies would register everything twice.
 */
export const sharedName = 'cmrnet.tensorflow.js';

/** What the stand-in is: one module of two lines. */
export const standIn = `'use strict';\nmodule.exports = globalThis[Symbol.for('${sharedName}')];\n`;

/** What we use of the package. */
interface NativeModule {
  readonly NodeJSKernelBackend: new (addon: object, packageName: string) => tf.KernelBackend;
}

interface Addon {
  readonly TF_Version: string;
}

/**
 * Registers the backend `tensorflow` from a built engine.
 * @returns the version of TensorFlow
 * @throws whatever loading it says
 */
export function loadEngine({ folder, record }: InstalledEngine): string {
  prepareProcess();
  const shared = { ...require('@tensorflow/tfjs-core'), ...require('@tensorflow/tfjs-layers') } as object;
  (globalThis as Record<symbol, unknown>)[Symbol.for(sharedName)] = shared;
  const scope = `@tensorflow/${record.name}`;
  const inside = createRequire(join(record.packages, 'package.json'));
  const addon = require(join(folder, addonFile)) as Addon;
  const { NodeJSKernelBackend } = inside(`${scope}/dist/nodejs_kernel_backend.js`) as NativeModule;
  inside(`${scope}/dist/register_all_kernels.js`);
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(addon, scope), 3);
  return addon.TF_Version;
}

/** What has to be so before TensorFlow's library is loaded, whoever brought it. The user's own settings win. */
export function prepareProcess(): void {
  // Gone since Node 23; the package calls them.
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
  // Information and warnings about itself, on standard error.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Without oneDNN, which TensorFlow leaves off on older processors, convolutions are slow and atrous ones have no gradient.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  // Otherwise the first process takes all memory of every GPU that CUDA_VISIBLE_DEVICES leaves.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
}
