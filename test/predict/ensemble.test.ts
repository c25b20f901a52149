import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import { predict } from '../../src/runtime/predict/predict.ts';
import { createRun } from '../../src/runtime/runs/record/store.ts';
import { writeCheckpoint } from '../../src/runtime/runs/results/checkpoint.ts';
import { lastingStart, withStartingRuns } from '../../src/runtime/runs/results/starting-weights.ts';
import { npy, temporaryFolder, write } from '../images/samples.ts';
import { planOf, sound } from '../support/compiled.ts';

const test = suite('weights of several runs');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

/** A network of `size`×`size` pixels with a mask and a number. */
function planWith({ size = 16, structure = 'muscle', body = '', train = '' } = {}) {
  return planOf(
    sound(`network Level() {
  input image: [${size}, ${size}, 1]
  let seen = image ${body}
  head segmentation: mask = seen |> conv(1, kernel = 1) |> sigmoid()
  head level: value = seen |> global_avg_pool() |> dense(1)
}
dataset Levels {
  manifest  = "none.yaml"
  intensity = fixed(scale = 100, high = 2)
  fit       = resize(${size}, ${size})
  structures { ${structure} = 1 }
  attributes { level { unit = "ms"
    scale = 10 } }
}
experiment Run {
  model = Level()
  data  = Levels
  loss  = 0.5 * bce(segmentation) + 0.5 * mse(level)
  train { optimizer = sgd(0.1)
    epochs = 1
    ${train} }
  evaluate { folds = holdout(50%) }
}
`),
    'Run',
  );
}

/** A run of a plan, kernels and biases of whose layers are the numbers given. */
function runOf(name: string, plan: ReturnType<typeof planWith>, kernel: number, bias: number) {
  const settings = {
    ...{ workingFolder: root, folds: [1], backend: 'cpu', overrides: [], sources: [], now: new Date() },
    versions: { cmrnet: '0.1.0', node: 'v20' },
  };
  const run = createRun({ folder: join(root, name), plan, ...settings }, new Bag())!;
  const weights = plan.network.layers.flatMap((layer) =>
    layer.weights.map(({ name: weight, shape }) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      return [
        weight,
        { shape, values: new Float32Array(size).fill(shape.length > 1 ? kernel : bias) },
      ] as const;
    }),
  );
  writeCheckpoint(run.folder, 1, { epoch: 1, weights: new Map(weights), optimizer: new Map(), state: {} });
  return run;
}

const options = {
  backend: 'cpu',
  array: 'image',
  fold: null,
  segmentation: 'binary',
  pages: false,
  progress: () => undefined,
} as const;

test('networks of several runs and sizes are averaged, numbers in their unit', async () => {
  const first = runOf('first', planWith(), 1, 0);
  // Half as large, deeper, and always of the same opinion.
  const second = runOf('second', planWith({ size: 8, body: '|> conv(1, kernel = 1)' }), 0, 3);
  const image = write(root, 'level.npy', npy([16, 16], new Float32Array(256).fill(50), '<f4'));
  const alone = await predict(first, [image], join(root, 'alone'), new Bag(), options);
  assert.equal(alone!.inputs[0]!.values, { level: { value: 5, unit: 'ms' } });
  const bag = new Bag();
  const both = await predict(first, [image], join(root, 'both'), bag, { ...options, others: [second] });
  assert.equal(bag.sorted(), []);
  assert.ok(Math.abs(both!.inputs[0]!.values['level']!.value - (5 + 30) / 2) < 1e-4);
  assert.equal(both!.others, [{ run: second.folder, folds: [1] }]);
});

test('networks that answer other questions are not averaged', async () => {
  const other = runOf('other', planWith({ structure: 'cavity' }), 1, 0);
  const first = runOf('again', planWith(), 1, 0);
  const bag = new Bag();
  const image = write(root, 'level.npy', npy([16, 16], new Float32Array(256).fill(50), '<f4'));
  assert.is(await predict(first, [image], join(root, 'none'), bag, { ...options, others: [other] }), null);
  assert.equal(
    bag.sorted().map(({ code }) => code),
    ['CMR726'],
  );
});

test('a run starts with the weights of another, which its identity names, wherever that lies', () => {
  const source = runOf('source', planWith(), 2, 1);
  const start = (folder: string, part = '') =>
    planWith({ train: part === '' ? `start = run("${folder}")` : `start { ${part} = run("${folder}") }` });
  const bag = new Bag();
  const whole = withStartingRuns(start(source.folder), bag)!;
  const weights = lastingStart(whole, root, bag)!;
  assert.ok([...weights.values()].every((values) => values[0] === 1 || values[0] === 2));
  assert.is(weights.size, 4);
  const copy = runOf('copy', planWith(), 2, 1);
  assert.is(withStartingRuns(start(copy.folder), bag)!.hash, whole.hash);
  const changed = runOf('changed', planWith(), 2, 0.5);
  assert.is.not(withStartingRuns(start(changed.folder), bag)!.hash, whole.hash);
  assert.is.not(whole.hash, planWith().hash);
  const level = withStartingRuns(start(source.folder, 'level'), bag)!;
  assert.is(lastingStart(level, root, bag)!.size, 2);
  assert.equal(bag.sorted(), []);
});

test('weights that are gone, do not fit, or are others by now are refused', () => {
  const plan = planWith({ train: `start = run("${join(root, 'nowhere')}")` });
  const missing = new Bag();
  assert.is(withStartingRuns(plan, missing), null);
  assert.ok(missing.hasErrors);
  const source = runOf('narrow', planWith(), 2, 1);
  const unfit = new Bag();
  const wide = planWith({ body: '|> conv(3)', train: `start { level = run("${source.folder}") }` });
  assert.is(withStartingRuns(wide, unfit), null);
  assert.equal(
    unfit.sorted().map(({ code }) => code),
    ['CMR724'],
  );
  const made = withStartingRuns(planWith({ train: `start = run("${source.folder}")` }), new Bag())!;
  rmSync(source.folder, { recursive: true });
  runOf('narrow', planWith(), 3, 1);
  const later = new Bag();
  assert.is(lastingStart(made, root, later), null);
  assert.equal(
    later.sorted().map(({ code }) => code),
    ['CMR725'],
  );
});

test.run();
