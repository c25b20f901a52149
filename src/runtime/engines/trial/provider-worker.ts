// `provider-worker` says which providers of ONNX Runtime start on this machine: one line of JSON. In a process of its own,
// for drivers write what they please, and may take it down.
import { emitOnnx, selfTest } from '../../../compiler/index.ts';
import { loadLibrary } from '../onnx/library.ts';
import { providerStates } from '../onnx/providers.ts';

const { model } = emitOnnx(selfTest().program, { block: null });
const states = await providerStates(await loadLibrary(), model);
process.stdout.write(`${JSON.stringify(states)}\n`, () => process.exit(0));
