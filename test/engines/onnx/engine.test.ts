import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { initialWeights } from '../../../src/compiler/interpret/initial-weights.ts';
import { tensor } from '../../../src/compiler/interpret/tensor.ts';
import { evaluateStep } from '../../../src/compiler/step/evaluate.ts';
import { trainingProgram } from '../../../src/compiler/step/programs.ts';
import { selfTest } from '../../../src/compiler/targets/onnx/self-test.ts';
import { graphOfPlan } from '../../../src/compiler/targets/tfjs/graph.ts';
import { openBackend } from '../../../src/runtime/engines/choice/backend.ts';
import { OnnxEngine } from '../../../src/runtime/engines/onnx/engine.ts';
import { providerVariable } from '../../../src/runtime/engines/onnx/providers.ts';
import type { Trainer } from '../../../src/runtime/engines/trainer.ts';
import { batchOf, tinyPlan, tinyTrainer } from '../tf/training-support.ts';
import { distance, runOnnx } from './support.ts';

const plan = tinyPlan();
const engine = await OnnxEngine.start({ threads: 1 });
await openBackend({ name: 'wasm', threads: 1 });

/** Losses along batches of the given keys, at a rate too small for rounding to grow. */
async function losses(trainer: Trainer, keys: readonly string[], rate = 1e-5): Promise<number[]> {
  const found: number[] = [];
  for (const key of keys) found.push((await trainer.step(batchOf(key, 4), rate)).loss);
  return found;
}

function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  for (const [index, value] of expected.entries()) {
    assert.ok(Math.abs(actual[index]! - value) < tolerance, `${actual} instead of ${expected}`);
  }
}

const test = suite('training on ONNX Runtime');

test('a step changes weights, running values and statistics as the interpreter says', async () => {
  const graph = graphOfPlan(plan.network);
  const optimizer = { kind: 'sgd', lr: 0.1, momentum: 0.9 } as const;
  const program = trainingProgram(graph, { loss: plan.loss, optimizer, batch: 2 });
  const start = initialWeights(graph.weights.values(), 7);
  const batch = batchOf('interpreter', 2);
  const inputs = new Map(
    program.values.flatMap((value) => {
      if (value.op !== 'input') return [];
      const { name, role, shape } = value.attributes;
      const ones = () => new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1);
      const values = {
        images: () => batch.images,
        target: () => batch.targets[(role as { head: string }).head]!,
        distance: () => ones(),
        rate: () => [0.1],
        momentum: () => [0],
        decay: () => [1],
        average: () => [0],
        share: () => [1],
        carried: () => [0],
        weight: () => start.get((role as { weight: string }).weight)!,
        slot: () => ones(),
        mask: () => ones(),
      }[role.kind]();
      return [[name, tensor(shape, Float32Array.from(values))] as const];
    }),
  );
  const expected = evaluateStep(program, inputs);
  for (const block of [engine.facts.block, null]) {
    const actual = await runOnnx(program, inputs, { block });
    for (const [name, { data }] of expected) {
      const off = distance(actual.get(name)!.data, data);
      assert.ok(off < 2e-4, `${name} is off by ${off}`);
    }
  }
});

test('ten losses at a small learning rate are those of wasm', async () => {
  const keys = Array.from({ length: 10 }, (_, index) => String(index));
  const trainer = await engine.trainer(plan);
  const other = tinyTrainer(plan);
  near(await losses(trainer, keys), await losses(other, keys), 2e-4);
  await other.dispose();
  await trainer.dispose();
});

test('several steps in one run are the same steps to the bit, of unlike batches, too, and with every setting', async () => {
  const settings = { clip: 0.5, weighting: 'uncertainty', weight_decay: 0.1, average: 0.9 } as const;
  for (const each of [plan, tinyPlan(settings)]) {
    const [one, many] = [await engine.trainer(each), await engine.trainer(each)];
    assert.ok(many.maxSteps > 1);
    const wishes = [4, 4, 4, 2, 4].map((count, index) => ({
      batch: batchOf(String(index), count),
      learningRate: 0.003 / (index + 1),
    }));
    const expected = [];
    for (const { batch, learningRate } of wishes) expected.push(await one.step(batch, learningRate));
    assert.equal(await many.steps(wishes), expected);
    assert.equal(await many.snapshot(), await one.snapshot());
    await one.dispose();
    await many.dispose();
  }
});

test('a step that breaks the weights ends the run of which it is one, and is counted', async () => {
  const trainer = await engine.trainer(plan);
  const wishes = ['good', 'bad', 'never'].map((key) => ({ batch: batchOf(key, 4), learningRate: 0.003 }));
  wishes[1]!.batch.images[5] = Number.NaN;
  const losses = await trainer.steps(wishes);
  assert.is(losses.length, 2);
  assert.ok(Number.isFinite(losses[0]!.loss));
  assert.ok(Number.isNaN(losses[1]!.loss));
  assert.is((await trainer.snapshot()).state['steps'], 2);
  await trainer.dispose();
});

test('a step that has to fit into little memory is made alone, with the same numbers', async () => {
  const [alone, free] = [await engine.trainer(tinyPlan({ memory: 1000 })), await engine.trainer(plan)];
  assert.is(alone.maxSteps, 1);
  assert.equal(await losses(alone, ['a', 'b', 'c'], 0.003), await losses(free, ['a', 'b', 'c'], 0.003));
  await alone.dispose();
  await free.dispose();
});

test('a checkpoint goes from wasm to ONNX Runtime and back', async () => {
  const there = await engine.trainer(plan);
  const [here, back] = [tinyTrainer(plan), tinyTrainer(plan)];
  await losses(here, ['a', 'b']);
  await there.restore(await here.snapshot());
  const snapshot = await there.snapshot();
  assert.equal(snapshot, await here.snapshot());
  near(await losses(there, ['c', 'd']), await losses(here, ['c', 'd']), 1e-4);
  const trained = await there.snapshot();
  await back.restore(trained);
  assert.equal(await back.snapshot(), trained);
  near(await losses(back, ['e']), await losses(here, ['e']), 1e-4);
  const answers = await there.evaluate(batchOf('held out', 3));
  await here.restore(trained);
  const expected = await here.evaluate(batchOf('held out', 3));
  near([answers.loss], [expected.loss], 1e-5);
  assert.ok(distance(answers.heads['segmentation']!, expected.heads['segmentation']!) < 1e-4);
  for (const trainer of [here, there, back]) await trainer.dispose();
});

test('going on from a snapshot gives the same numbers to the bit, dropout and a smaller batch included', async () => {
  const [one, two] = [await engine.trainer(plan), await engine.trainer(plan)];
  await losses(one, ['a', 'b'], 0.003);
  await one.step(batchOf('few', 2), 0.003);
  await two.restore(await one.snapshot());
  assert.equal(await losses(two, ['c', 'd'], 0.003), await losses(one, ['c', 'd'], 0.003));
  assert.equal(await two.snapshot(), await one.snapshot());
  await one.dispose();
  await two.dispose();
});

test('recalibrated statistics are those of wasm', async () => {
  const [there, here] = [await engine.trainer(plan), tinyTrainer(plan)];
  const batches = ['one', 'two', 'three'].map((key) => batchOf(key, 4));
  await there.recalibrate(batches);
  await here.recalibrate(batches);
  const expected = (await here.snapshot()).weights;
  for (const [name, { values }] of (await there.snapshot()).weights) {
    assert.ok(distance(values, expected.get(name)!.values) < 1e-4, name);
  }
  await there.dispose();
  await here.dispose();
});

test('clipping, decay, averages and variances of losses change engines in the middle of a run', async () => {
  const restrained = tinyPlan({ clip: 0.5, weighting: 'uncertainty', weight_decay: 0.1, average: 0.9 });
  const [here, there] = [tinyTrainer(restrained), await engine.trainer(restrained)];
  assert.equal(await there.snapshot(), await here.snapshot());
  near(await losses(there, ['a', 'b'], 0.003), await losses(here, ['a', 'b'], 0.003), 1e-3);
  await there.restore(await here.snapshot());
  near(await losses(there, ['c']), await losses(here, ['c']), 1e-4);
  const [found, expected] = [await there.snapshot(), await here.snapshot()];
  assert.equal([...found.optimizer.keys()].toSorted(), [...expected.optimizer.keys()].toSorted());
  for (const [name, { values }] of expected.optimizer)
    assert.ok(distance(found.optimizer.get(name)!.values, values) < 2e-3, name);
  const variances = [...expected.weights].filter(([name]) => name.endsWith('/log_variance'));
  assert.is(variances.length, 2);
  for (const [name, { values }] of variances) near([found.weights.get(name)!.values[0]!], [values[0]!], 1e-4);
  // The averages predict, not the weights.
  await there.restore(expected);
  const batch = batchOf('held out', 3);
  near([(await there.evaluate(batch)).loss], [(await here.evaluate(batch)).loss], 1e-5);
  for (const trainer of [here, there]) await trainer.dispose();
});

test('a gradient that is no number makes the loss none', async () => {
  const trainer = await engine.trainer(plan);
  const batch = batchOf('bad', 4);
  batch.images[5] = Number.NaN;
  assert.ok(Number.isNaN((await trainer.step(batch, 0.003)).loss));
  await trainer.dispose();
});

test('a snapshot of another network is refused', async () => {
  const trainer = await engine.trainer(plan);
  const { optimizer, state } = await trainer.snapshot();
  await trainer.restore({ weights: new Map(), optimizer, state }).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /no values for the weight/),
  );
  await trainer.dispose();
});

test('blocks of a wrong size are found out, and standard operators give the same numbers', async () => {
  const other = await OnnxEngine.start({ threads: 1, block: engine.facts.block === 16 ? 8 : 16 });
  assert.is(other.facts.block, null);
  assert.match(other.facts.problem!, /self-test|Conv|Reshape/);
  const [standard, blocked] = [await other.trainer(plan), await engine.trainer(plan)];
  near(await losses(standard, ['a', 'b']), await losses(blocked, ['a', 'b']), 1e-5);
  await other.end();
  await blocked.dispose();
});

test('the self-test holds something of everything that is lowered in blocks', () => {
  const found = new Set(selfTest().program.values.map(({ op }) => op));
  for (const op of [
    'conv2d',
    'conv2d_input_gradient',
    'conv2d_filter_gradient',
    'affine',
    'product_sum',
    'max_pool',
    'add',
  ] as const) {
    assert.ok(found.has(op), op);
  }
});

test('who names a provider asks for it', async () => {
  try {
    process.env[providerVariable] = 'cpu';
    const { backend } = await openBackend({ threads: 1 });
    assert.is(backend!.name, 'onnx');
    assert.match(backend!.version, 'on cpu');
    await backend!.end();
    assert.is((await openBackend({ name: 'wasm', threads: 1 })).backend!.name, 'wasm');
  } finally {
    delete process.env[providerVariable];
  }
});

test('it is taken by itself where it has blocks, and passed over for wasm where it has none', async () => {
  process.env['CMRNET_ONNX_BLOCKS'] = 'off';
  const { backend, diagnostics } = await openBackend({ threads: 1 });
  assert.is(backend!.name, 'wasm');
  assert.equal(diagnostics, []);
  Reflect.deleteProperty(process.env, 'CMRNET_ONNX_BLOCKS');
  const usual = (await openBackend({ threads: 1 })).backend!;
  assert.is(usual.name, engine.facts.block === null ? 'wasm' : 'onnx');
  await usual.end();
});

test.after(() => engine.end());
test.run();
