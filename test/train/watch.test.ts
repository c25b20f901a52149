import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { SeenMasks } from '../../src/runtime/train/seen-masks.ts';
import { nothingWatched, type Sight, type Watched, watch, watchedIn } from '../../src/runtime/train/watch.ts';
import { tinyPlan } from '../engines/tf/training-support.ts';

const test = suite('watching a training');
const structures = { data: { structures: [{ name: 'left' }, { name: 'right' }] } } as unknown as RunPlan;

/** The codes that epoch after epoch of sights say. */
function told(plan: RunPlan, sights: readonly Partial<Sight>[]) {
  let watched: Watched = nothingWatched;
  return sights.map((sight, epoch) => {
    const verdict = watch(plan, watched, {
      loss: 1 / (epoch + 1),
      heldOut: 1 / (epoch + 1),
      rateLeft: 1,
      masks: new Map(),
      extreme: new Set(),
      weights: new Map(),
      ...sight,
    });
    watched = JSON.parse(JSON.stringify(verdict.watched)) as Watched;
    return { codes: verdict.findings.map(({ code }) => code), collapsed: verdict.collapsed };
  });
}

const one = { ...tinyPlan(), ...structures };
/** A mask of one channel of 1000 pixels, 30 of which are heart. */
const mask = (predicted: number): Partial<Sight> => ({
  masks: new Map([['segmentation', { pixels: 1000, predicted: [predicted], actual: [30] }]]),
});

test('says once, after two epochs, that masks stay empty or cover most of the image, and that this is a collapse', () => {
  for (const [predicted, code] of [
    [0, 'CMR990'],
    [600, 'CMR991'],
  ] as const) {
    assert.equal(told(one, [mask(predicted), mask(predicted), mask(predicted)]), [
      { codes: [], collapsed: false },
      { codes: [code], collapsed: true },
      { codes: [], collapsed: true },
    ]);
    assert.equal(
      told(one, [mask(predicted), mask(40), mask(predicted)]).map(({ codes }) => codes),
      [[], [], []],
    );
  }
});

test('says which structure is never predicted beside others that are', () => {
  const heads = [{ ...one.heads[0]!, channels: 3, encoding: 'categorical' as const }];
  const sight: Partial<Sight> = {
    masks: new Map([['segmentation', { pixels: 100, predicted: [90, 10, 0], actual: [80, 10, 10] }]]),
  };
  const plan = { ...one, heads };
  assert.equal(
    told(plan, [sight, sight]).map(({ codes, collapsed }) => [codes, collapsed]),
    [
      [[], false],
      [['CMR992'], false],
    ],
  );
  const { findings } = watch(
    plan,
    { ...nothingWatched, epochs: { 'missing right of segmentation': 1 }, loss: 1 },
    {
      loss: 0.5,
      heldOut: 0.5,
      rateLeft: 1,
      weights: new Map(),
      extreme: new Set(),
      masks: sight.masks!,
    },
  );
  assert.match(findings[0]!.message, /`right` of `segmentation`/);
});

test('says once that the loss of held-out images has risen for five epochs, and whether it learns by heart', () => {
  const heldOut = [0.5, 0.4, 0.41, 0.42, 0.43, 0.44, 0.45, 0.46];
  const rising = heldOut.map((value): Partial<Sight> => ({ heldOut: value }));
  assert.equal(
    told(one, rising).map(({ codes }) => codes.join()),
    ['', '', '', '', '', '', 'CMR751', ''],
  );
  const once = rising.toSpliced(4, 1, { heldOut: 0.4 });
  assert.equal(
    told(one, once).flatMap(({ codes }) => codes),
    [],
    'an epoch in which it falls begins anew',
  );
  const said = (loss: number) => {
    const before = { lowest: 0.4, training: 0.3, last: 0.44 };
    const watched = { ...nothingWatched, epochs: { rising: 4 }, loss: 0.3, heldOut: before };
    const sight = { rateLeft: 1, masks: new Map(), extreme: new Set<string>(), weights: new Map() };
    return watch(one, watched, { ...sight, loss, heldOut: 0.45 }).findings[0]!.message;
  };
  assert.match(said(0.2), /from 0\.400 to 0\.450, while that of training images falls; it learns by heart/);
  assert.match(said(0.6), /rises as well; take a smaller learning rate/);
});

test('goes on from what checkpoints of older versions hold', () => {
  assert.equal(watchedIn({ watched: { epochs: {}, said: ['still'], loss: 1 } }), {
    epochs: {},
    said: ['still'],
    loss: 1,
    heldOut: null,
  });
});

test('says that a loss stands still only while the learning rate has not run out', () => {
  const still = (rateLeft: number) => [1, 0.7, 0.7001, 0.70005].map((loss) => ({ loss, rateLeft }));
  assert.equal(
    told(one, still(1)).map(({ codes }) => codes),
    [[], [], [], ['CMR993']],
  );
  assert.equal(
    told(one, still(0.05)).flatMap(({ codes }) => codes),
    [],
  );
});

test('says at once, and once, that logits are beyond ±50', () => {
  const sure = { extreme: new Set(['segmentation']) };
  assert.equal(
    told(one, [{}, sure, sure]).map(({ codes }) => codes),
    [[], ['CMR994'], []],
  );
});

test('says that half of the channels before a ReLU are dead', () => {
  const norm = one.network.layers.find(({ op }) => op === 'batch_norm')!;
  const [gamma, beta] = norm.weights as unknown as readonly { readonly name: string }[];
  const dead = (count: number) => ({
    weights: new Map([
      [gamma!.name, { shape: [4], values: Float32Array.of(1, -1, 0.5, 1) }],
      [
        beta!.name,
        { shape: [4], values: Float32Array.of(-4.1, -4.1, -1, 0).map((b, i) => (i < count ? b : 0)) },
      ],
    ]),
  });
  assert.equal(
    told(one, [dead(1)]).flatMap(({ codes }) => codes),
    [],
  );
  assert.equal(
    told(one, [dead(2)]).flatMap(({ codes }) => codes),
    ['CMR995'],
  );
});

test('counts pixels as a threshold or the likeliest channel decides them', () => {
  const count = (encoding: 'binary' | 'categorical', channels: number, values: number[], truth: number[]) => {
    const seen = new SeenMasks({
      heads: [{ name: 'm', kind: 'mask', channels, encoding, trained: true }],
      evaluate: { ...one.evaluate, threshold: 0.4 },
    });
    const arrays = { heads: { m: Float32Array.from(values) }, targets: { m: Float32Array.from(truth) } };
    seen.add([{ id: 'a', image: new Float32Array(0), ...arrays }]);
    const { pixels, predicted, actual } = seen.seen.get('m')!;
    return { pixels, predicted, actual };
  };
  assert.equal(count('binary', 1, [0.1, 0.5, 0.9], [0, 0, 1]), { pixels: 3, predicted: [2], actual: [1] });
  assert.equal(count('categorical', 2, [0.7, 0.3, 0.45, 0.55], [1, 0, 1, 0]), {
    pixels: 2,
    predicted: [1, 1],
    actual: [2, 0],
  });
});

test.run();
