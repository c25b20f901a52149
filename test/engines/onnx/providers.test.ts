import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBackend } from '../../../src/runtime/engines/choice/backend.ts';
import { loadLibrary, type OnnxLibrary } from '../../../src/runtime/engines/onnx/library.ts';
import { OnnxTrainer } from '../../../src/runtime/engines/onnx/onnx-trainer.ts';
import {
  compareStep,
  onProvider,
  providerStates,
  providerVariable,
  shortened,
} from '../../../src/runtime/engines/onnx/providers.ts';
import { checkSelf } from '../../../src/runtime/engines/onnx/self-check.ts';
import { tinyPlan } from '../tf/training-support.ts';

const test = suite('providers of ONNX Runtime');

const plan = tinyPlan();
const library = await loadLibrary();

/** A library that computes the first number of every result a little wrong. */
const wrong: OnnxLibrary = {
  ...onProvider(library, 'cpu'),
  InferenceSession: {
    create: async (model, settings) => {
      const session = await library.InferenceSession.create(model, settings);
      return {
        release: () => session.release(),
        endProfiling: () => session.endProfiling(),
        run: async (feeds, fetches) => {
          const results = await session.run(feeds, fetches);
          for (const { data } of Object.values(results)) data[0] = data[0]! * 1.5 + 0.1;
          for (const tensor of Object.values(fetches ?? {})) {
            if (tensor !== null) tensor.data[0] = tensor.data[0]! * 1.5 + 0.1;
          }
          return results;
        },
      };
    },
  },
};

test('a step on a provider is held against the processor, and training starts as if there had been none', async () => {
  const trainers = [onProvider(library, 'cpu'), library, wrong].map(
    (one) => new OnnxTrainer({ library: one, threads: 1, block: null }, plan),
  ) as [OnnxTrainer, OnnxTrainer, OnnxTrainer];
  const before = await trainers[0].snapshot();
  assert.is(await compareStep(trainers[0], trainers[1], plan), null);
  const after = await trainers[0].snapshot();
  assert.equal(after.state, before.state);
  for (const [name, { values }] of before.weights) assert.equal(after.weights.get(name)!.values, values);
  assert.match((await compareStep(trainers[2], trainers[1], plan))!, /of a step (is|are off by)/);
  assert.match((await checkSelf(wrong, null))!, 'self-test is off');
  for (const trainer of trainers) await trainer.dispose();
});

test('a provider that the library has not is refused with those that it has, whether or not `onnx` is named', async () => {
  process.env[providerVariable] = 'abacus';
  try {
    for (const name of [undefined, 'onnx']) {
      const { backend, diagnostics } = await openBackend({ name, threads: 1 });
      assert.is(backend, null);
      assert.is(diagnostics[0]!.code, 'CMR902');
      assert.match(diagnostics[0]!.message, /`abacus`, but .* has only cpu, /);
      assert.match(diagnostics[0]!.help[0]!.message, 'cmrc backend list');
    }
  } finally {
    delete process.env[providerVariable];
  }
});

test('what is missing is told for each provider', async () => {
  const none: OnnxLibrary = { ...wrong, listSupportedBackends: () => [{ name: 'cpu', bundled: true }] };
  for (const { missing } of await providerStates(none, new Uint8Array())) assert.match(missing!, 'it needs');
});

test("the library's own places are left out of what it says", () => {
  const said =
    '/onnxruntime_src/a/b.cc:136 onnxruntime::C::D(const X&) status == Y::Success was false. Failed to get an adapter\nmore';
  assert.is(shortened(new Error(said)), 'Failed to get an adapter');
});

test.run();
