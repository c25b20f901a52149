import '@tensorflow/tfjs-backend-cpu';
// The gradients of the stock operations.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { NativeEngine } from '../../installed/cache.ts';
import type { InstalledEngine } from '../../installed/record.ts';
import { nativePrimitives } from '../native/native.ts';
import { openEngine } from './assemble.ts';
import { loadEngine, prepareProcess } from './load.ts';

/** A native engine at work. */
export interface Started {
  /** Of TensorFlow, or of the package where that does not say. */
  readonly version: string;
  readonly gpu: boolean;
}

/** What we use of the package; it need not be installed. */
interface NativePackage {
  readonly version?: Readonly<Record<string, string>>;
}

/**
 * Starts TensorFlow's library in this process: from a built engine, or without one from the npm package.
 * @throws whatever it says
 */
export async function startNative(name: NativeEngine, engine: InstalledEngine | null): Promise<Started> {
  const version = engine === null ? await importPackage(name) : loadEngine(engine);
  if (!(await tf.setBackend('tensorflow'))) throw new Error('its library does not start');
  openEngine('tensorflow', name, nativePrimitives());
  const { isUsingGpuDevice: gpu } = tf.backend() as unknown as { isUsingGpuDevice: boolean };
  return { version, gpu };
}

async function importPackage(name: NativeEngine): Promise<string> {
  prepareProcess();
  // A specifier in a variable: neither the type check nor the build asks whether the package is there.
  const specifier: string = `@tensorflow/${name}`;
  const native = (await import(specifier)) as NativePackage;
  return native.version?.['tfjs-node'] ?? tf.version_core;
}
