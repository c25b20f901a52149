import os from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { diagnostic } from '../../../../compiler/index.ts';
import { type BackendAnswer, type BackendOptions, commandLine, reasonOf, refused } from '../../backend.ts';
import { engineFiles, type NativeEngine } from '../../installed/cache.ts';
import { origins } from '../../installed/origins.ts';
import { missingPart, readEngine } from '../../installed/record.ts';
import { layersBackend } from './layers-backend.ts';
import { startNative } from './start.ts';

/** TensorFlow's own library: the engine that `cmrc backend install` built, or the npm package where that is installed. */
export async function openNative(name: NativeEngine, options: BackendOptions): Promise<BackendAnswer> {
  const folder = engineFiles().engine(name);
  const engine = readEngine(folder);
  const { threads } = options;
  const { install } = origins[name];
  try {
    if (engine === 'broken') throw new Error(`\`${folder}\` holds no readable record`);
    const missing = engine === null ? null : missingPart(engine);
    if (missing !== null) throw new Error(missing);
    if (threads !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
    const { version, gpu } = await startNative(name, engine);
    if (name === 'tfjs-node-gpu' && !gpu) throw new Error('TensorFlow finds no GPU that it can use');
    return { backend: layersBackend(name, threads ?? os.availableParallelism(), version), diagnostics: [] };
  } catch (error) {
    const values = { at: commandLine, arguments: { name, reason: reasonOf(error) } };
    if (engine !== null) {
      const help = [
        { message: `build it anew: \`${install}\`` },
        { message: `or \`cmrc backend remove ${name}\`` },
      ];
      return refused(diagnostic(options.name === name ? 'noBackend' : 'engineSkipped', { ...values, help }));
    }
    const help = [
      {
        message: `\`${install}\` builds it; \`npm install @tensorflow/${name}@${tf.version_core}\` fetches it`,
      },
      { message: 'or leave `--backend` out: `wasm` comes with cmrnet and needs nothing else' },
    ];
    return refused(diagnostic('noBackend', { ...values, help }));
  }
}
