import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { initialWeights } from '../../../src/compiler/interpret/initial-weights.ts';
import { tensor } from '../../../src/compiler/interpret/tensor.ts';
import { evaluateStep } from '../../../src/compiler/step/evaluate.ts';
import { trainingProgram } from '../../../src/compiler/step/programs.ts';
import {
  type OnnxFiles,
  onnxManifestSchema,
  trainingFiles,
} from '../../../src/compiler/targets/onnx/files.ts';
import { graphOfPlan } from '../../../src/compiler/targets/tfjs/graph.ts';
import { loadLibrary, type OnnxTensor } from '../../../src/runtime/engines/onnx/library.ts';
import { tinyPlan } from '../tf/training-support.ts';
import { distance, randomTensor } from './support.ts';

const plan = tinyPlan();
const graph = graphOfPlan(plan.network);
const library = await loadLibrary();

/** Runs a model as anybody would: nothing but its file and its manifest. */
async function run({ model, manifest }: OnnxFiles, values: (name: string) => ArrayLike<number>) {
  const session = await library.InferenceSession.create(model, { logSeverityLevel: 3 });
  const feeds = Object.fromEntries(
    manifest.inputs.map(({ name, shape }) => [
      name,
      new library.Tensor('float32', Float32Array.from(values(name)), shape as number[]),
    ]),
  );
  const results = await session.run(feeds);
  await session.release();
  for (const { name, shape } of manifest.outputs) assert.equal(results[name]!.dims, shape, name);
  return results as Readonly<Record<string, OnnxTensor>>;
}

const test = suite('an ONNX file');

test('for training takes a step as the interpreter does, and says which result goes in next', async () => {
  const optimizer = { kind: 'sgd', lr: 0.1, momentum: 0.9 } as const;
  const training = { loss: plan.loss, optimizer, batch: 2 };
  const files = trainingFiles(graph, training);
  const program = trainingProgram(graph, training);
  const start = initialWeights(graph.weights.values(), 7);
  const inputs = new Map(
    program.values.flatMap((value) => {
      if (value.op !== 'input') return [];
      const { name, role, shape } = value.attributes;
      const given =
        role.kind === 'weight'
          ? tensor(shape, start.get(role.weight)!)
          : randomTensor(name, shape, (x) => (role.kind === 'images' ? x : 0.1 + Math.abs(x) / 10));
      return [[name, given] as const];
    }),
  );
  const results = await run(files, (name) => inputs.get(name)!.data);
  for (const [name, { data }] of evaluateStep(program, inputs)) {
    assert.ok(distance(results[`next/${name}`]!.data, data) < 5e-4, name);
  }
  const carried = files.manifest.outputs.filter(({ next }) => next !== undefined);
  assert.equal(
    new Set(carried.map(({ next }) => next)),
    new Set(
      files.manifest.inputs
        .filter(({ role }) => role === 'weight' || role === 'slot')
        .map(({ name }) => name),
    ),
  );
});

test('comes with a manifest as its schema says', () => {
  const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(onnxManifestSchema);
  const training = { loss: plan.loss, optimizer: plan.train.optimizer, batch: 1 };
  const { manifest } = trainingFiles(graph, training);
  assert.ok(valid(JSON.parse(JSON.stringify(manifest))), JSON.stringify(valid.errors));
});

test.run();
