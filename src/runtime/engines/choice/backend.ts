import { type Diagnostic, diagnostic, type EngineName, engineNames } from '../../../compiler/index.ts';
import { type BackendAnswer, type BackendOptions, commandLine, refused } from '../backend.ts';
import { engineAsked, isBackendName, isWorthwhile, order } from './backend-names.ts';

/** Chooses the engine of this process: the only place that does. */
export async function openBackend(options: BackendOptions = {}): Promise<BackendAnswer> {
  const name = engineAsked(options.name);
  if (name !== undefined && !isBackendName(name)) {
    return refused(
      diagnostic('unknownBackend', {
        at: commandLine,
        arguments: { name },
        help: [{ message: `one of ${engineNames.map((known) => `\`${known}\``).join(', ')}` }],
      }),
    );
  }
  if (name !== undefined) return openers[name](options);
  const passed: Diagnostic[] = [];
  for (const candidate of order()) {
    const { backend, diagnostics, block } = await openers[candidate](options);
    if (backend !== null && isWorthwhile(candidate, block ?? null))
      return { backend, diagnostics: [...passed, ...diagnostics] };
    await backend?.end();
    // An engine that was never installed is passed over in silence, one that has broken is not.
    passed.push(...diagnostics.filter(({ name: problem }) => problem === 'engine-skipped'));
  }
  throw new Error('not even the plain backend starts');
}

/** An answer, with the channels in a block of the maps of an engine that has such. */
type OpenedAnswer = BackendAnswer & { readonly block?: number | null };

/** Each engine is imported when it is opened: who trains on one loads none of the others. */
const openers: Readonly<Record<EngineName, (options: BackendOptions) => Promise<OpenedAnswer>>> = {
  'tfjs-node-gpu': async (options) =>
    (await import('../tf/start/open-native.ts')).openNative('tfjs-node-gpu', options),
  'tfjs-node': async (options) =>
    (await import('../tf/start/open-native.ts')).openNative('tfjs-node', options),
  wasm: async (options) => (await import('../tf/start/open-wasm.ts')).openWasm(options),
  onnx: async (options) => (await import('../onnx/open-onnx.ts')).openOnnx(options),
  cpu: async () => (await import('../tf/start/open-plain.ts')).openPlain(),
};
