import os from 'node:os';
import { diagnostic } from '../../../compiler/index.ts';
import {
  type Backend,
  type BackendAnswer,
  type BackendOptions,
  commandLine,
  reasonOf,
  refused,
} from '../backend.ts';
import { ratesHere } from '../calibration/calibration.ts';
import { origins } from '../installed/origins.ts';
import { OnnxEngine } from './engine.ts';
import { providerVariable, providerWished } from './providers.ts';

/** The engine of ONNX Runtime once it runs; a process starts it once. */
let onnx: OnnxEngine | null = null;

/** ONNX Runtime. The answer says how many channels lie in a block of its maps. */
export async function openOnnx(
  options: BackendOptions,
): Promise<BackendAnswer & { readonly block?: number | null }> {
  const threads = options.threads ?? os.availableParallelism();
  try {
    onnx ??= await OnnxEngine.start({ threads, rates: ratesHere() });
  } catch (error) {
    return refused(
      diagnostic('noBackend', {
        at: commandLine,
        arguments: { name: 'onnx', reason: reasonOf(error) },
        help: [
          {
            message:
              providerWished() === null
                ? `install it with \`${origins.onnx.install}\``
                : `\`cmrc backend list\` says which providers start here; without \`${providerVariable}\` the processor computes`,
          },
          { message: 'or take `--backend wasm`, which comes with cmrnet and needs nothing else' },
        ],
      }),
    );
  }
  const engine = onnx;
  const { version, problem, block } = engine.facts;
  const notices =
    problem === null ? [] : [diagnostic('onnxStandard', { at: commandLine, arguments: { reason: problem } })];
  const backend: Backend = {
    name: 'onnx',
    threads,
    version,
    compiles: true,
    trainer: (plan) => engine.trainer(plan),
    tensors: () => 0,
    end: async () => {
      onnx = null;
      await engine.end();
    },
  };
  return { backend, block, diagnostics: notices };
}
