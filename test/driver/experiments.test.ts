import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText, errorsOf, experimentOf, planOf, sound } from '../support/compiled.ts';

/** A small experiment on drawn hearts; `settings` come after those that it needs. */
function run({
  head = 'sigmoid()',
  units = 1,
  loss = 'bce(diagnosis)',
  data = '',
  settings = '',
} = {}): string {
  return `network Small(width: int = 8, size: int = 64) {
  input image: [size, size, 1]
  head diagnosis: label = image |> conv(width) |> global_avg_pool() |> dense(${units}) |> ${head}
}
dataset Hearts {
  source   = phantom(images = 80)
  image    = [64, 64, 1]
  classes  = ["healthy", "diseased"]
  positive = "healthy"
  ${data}
}
experiment Run(share: real in 0 .. 1 = 1.0) {
  model = Small()
  data  = Hearts
  loss  = share * ${loss}
  train {
    optimizer = rmsprop()
    epochs    = 2
  }
  ${settings}
}
`;
}

const overrides = suite('overrides');

overrides('a variant changes parameters, the network and settings', () => {
  const plan = planOf(
    sound(`${run()}variant Other of Run {
  share = 0.5
  model.width = 4
  train {
    epochs = 7
    optimizer = adam(beta1 = 0.8)
  }
}`),
    'Other',
  );
  assert.is(plan.loss[0]?.weight, 0.5);
  assert.is(plan.network.layers.find(({ op }) => op === 'conv')?.weights[0]?.shape.at(-1), 4);
  assert.is(plan.train.epochs, 7);
  assert.equal(plan.train.optimizer, { kind: 'adam', lr: 0.001, beta1: 0.8, beta2: 0.999, epsilon: 1e-7 });
});

overrides('a path reaches the arguments of a call', () => {
  const text = `${run({ settings: 'evaluate { folds = kfold(3) }' })}variant Other of Run {
  train.optimizer.lr = 0.01
  evaluate.folds.count = 4
}`;
  const { train, evaluate } = planOf(sound(text), 'Other');
  assert.equal(train.optimizer, { kind: 'rmsprop', lr: 0.01, rho: 0.9, epsilon: 1e-7 });
  assert.is(evaluate.folds.count, 4);
});

overrides('a path cannot reach into what is not set', () => {
  const text = `${run()}variant Other of Run { evaluate.folds.count = 4 }`;
  assert.equal(errorsOf(compileText(text)), ['CMR602']);
});

overrides('a path reaches the settings of the dataset', () => {
  const text = `${run()}variant Other of Run {
  data.source.images = 40
  data.intensity = fixed(1000)
}`;
  const { data } = planOf(sound(text), 'Other');
  assert.ok(data.source.kind === 'phantom' && data.source.images === 40);
  assert.equal(data.intensity, { kind: 'fixed', scale: 1000, low: 0, high: 1.5 });
});

overrides('a variant of a variant puts its changes on top', () => {
  const text = `${run()}variant One of Run { train.epochs = 3 train.batch = 4 }
variant Two of One { train.epochs = 5 }`;
  const { train } = planOf(sound(text), 'Two');
  assert.equal([train.epochs, train.batch], [5, 4]);
});

overrides('a model that is chosen anew forgets what was changed in the old one', () => {
  const text = `${run()}variant One of Run { model.width = 4 }
variant Two of One { model = Small() }`;
  const compilation = sound(text);
  assert.is(planOf(compilation, 'Two').network.hash, planOf(compilation, 'Run').network.hash);
});

overrides('the command line has the last word, in the same grammar', () => {
  const compilation = sound(`${run()}variant Other of Run { train.epochs = 3 }`, {
    overrides: ['train.epochs=9', 'model.width = 16', 'augment.rotate = -5deg .. 5deg'],
  });
  for (const name of ['Run', 'Other']) {
    const plan = planOf(compilation, name);
    assert.is(plan.train.epochs, 9);
    assert.equal(plan.augment.rotate, [-5, 5]);
  }
  assert.equal(experimentOf(compilation, 'Run').overrides, [
    'train.epochs = 9',
    'model.width = 16',
    'augment.rotate = -5deg .. 5deg',
  ]);
});

overrides('mistakes on the command line point into it', () => {
  const { diagnostics, sources } = compileText(run(), {
    overrides: ['train.epochs=9', 'train.batsh=3', 'share=2.0'],
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const marked = errors.map(({ code, primary: { span } }) => {
    const source = sources.get(span.file)!;
    return [code, span.file, source.position(span.start).line, source.text.slice(span.start, span.end)];
  });
  assert.equal(marked, [
    ['CMR602', '<command line>', 1, 'batsh'],
    ['CMR308', '<command line>', 2, '2.0'],
  ]);
});

overrides.run();

const hashes = suite('identity of runs');

hashes('names, comments and formatting do not count', () => {
  const text = run({ settings: 'evaluate { folds = kfold(4, stratify = diagnosis) }' });
  const renamed = text
    .replaceAll('diagnosis', 'verdict')
    .replaceAll('Small', 'Tiny')
    .replaceAll('Hearts', 'Drawn')
    .replace('experiment Run', '// a comment\nexperiment   Run');
  assert.is(planOf(sound(text), 'Run').hash, planOf(sound(renamed), 'Run').hash);
});

hashes('what training does, on what and how it is judged, counts', () => {
  const plain = planOf(sound(run()), 'Run').hash;
  for (const change of [
    'train.epochs=3',
    'train.seed=1',
    'train.optimizer.lr=0.01',
    'model.width=4',
    'share=0.5',
    'data.source.images=90',
    'augment.shift=-5% .. 5%',
    'evaluate.folds=kfold(4)',
    'evaluate.threshold=0.4',
  ]) {
    assert.is.not(planOf(sound(run(), { overrides: [change] }), 'Run').hash, plain, change);
  }
});

hashes('published values do not count', () => {
  const text = run({ settings: 'reported { diagnosis.auc = 97% }' });
  assert.is(planOf(sound(text), 'Run').hash, planOf(sound(run()), 'Run').hash);
});

hashes.run();

const heads = suite('heads');

heads('a single sigmoid predicts the positive class', () => {
  const [head] = planOf(sound(run()), 'Run').heads;
  assert.equal(head, { name: 'diagnosis', kind: 'label', channels: 1, encoding: 'binary', trained: true });
});

heads('a softmax predicts one class per value', () => {
  const text = run({ head: 'softmax()', units: 2, loss: 'cross_entropy(diagnosis)' });
  assert.is(planOf(sound(text), 'Run').heads[0]?.encoding, 'categorical');
});

heads('losses must suit what the head ends with', () => {
  assert.equal(errorsOf(compileText(run({ loss: 'cross_entropy(diagnosis)' }))), ['CMR503']);
  assert.equal(errorsOf(compileText(run({ head: 'softmax()', units: 2 }))), ['CMR503']);
});

heads('a mask head has one channel per structure', () => {
  const masked = (channels: number, activation: string, loss: string) => `network Small() {
  input image: [64, 64, 1]
  head areas: mask = image |> conv(${channels}) |> ${activation}
}
dataset Hearts {
  manifest = "hearts.yaml"
  fit      = center(64, 64)
  structures {
    right      = 1
    myocardium = [2, 4]
  }
}
experiment Run {
  model = Small()
  data  = Hearts
  loss  = ${loss}(areas)
  train {
    optimizer = sgd()
    epochs    = 1
  }
}`;
  assert.is(planOf(sound(masked(2, 'sigmoid()', 'dice')), 'Run').heads[0]?.encoding, 'multilabel');
  assert.is(planOf(sound(masked(3, 'softmax()', 'cross_entropy')), 'Run').heads[0]?.encoding, 'categorical');
  assert.equal(errorsOf(compileText(masked(1, 'sigmoid()', 'dice'))), ['CMR509']);
  assert.equal(errorsOf(compileText(masked(2, 'softmax()', 'cross_entropy'))), ['CMR509']);
});

heads.run();

const losses = suite('losses');

for (const [written, weight] of [
  ['bce(diagnosis)', 1],
  ['2 * bce(diagnosis) / 4', 0.5],
  ['(1 - 0.9) * bce(diagnosis)', 0.1],
  ['0.1 * bce(diagnosis) + 0.2 * bce(diagnosis)', 0.3],
  ['-(-1 * bce(diagnosis))', 1],
  ['bce(diagnosis) * 70% - bce(diagnosis) * 20%', 0.5],
] as const) {
  losses(`${written} has the weight ${weight}`, () => {
    const text = run().replace('share * bce(diagnosis)', `0 * share * bce(diagnosis) + ${written}`);
    assert.equal(planOf(sound(text), 'Run').loss, [{ weight, head: 'diagnosis', loss: 'bce', smoothing: 0 }]);
  });
}

losses('options of a loss are part of it', () => {
  const text = run({ loss: 'focal(diagnosis, gamma = 1.5)' });
  assert.equal(planOf(sound(text), 'Run').loss, [
    { weight: 1, head: 'diagnosis', loss: 'focal', gamma: 1.5, alpha: 0.25 },
  ]);
});

losses.run();

const findings = suite('findings');

findings('all mistakes are reported in one run', () => {
  const text = run({
    data: 'expect { images = 80 healthy = 1 diseased = 2 }',
    settings: 'evaluate { threshold = 2 }',
  })
    .replace('epochs    = 2', 'epoch = 2')
    .replace('conv(width)', 'conv(widht)');
  assert.equal([...errorsOf(compileText(text))].sort(), ['CMR201', 'CMR308', 'CMR501', 'CMR520']);
});

findings('a mistake of several cells is told once, and says where', () => {
  const text = `${run()}sweep Some of Run {
  train.epochs = 3
  vary share in [0.0, 0.5]
}`;
  const { diagnostics } = compileText(text);
  const untrained = diagnostics.filter(({ name }) => name === 'untrainable');
  assert.is(untrained.length, 1);
  assert.equal(untrained[0]?.notes, ['in `Some[0]`, where `share = 0.0`']);
});

findings('of many changes a note names the first', () => {
  const text = `${run()}variant Other of Run {
  train.batch     = 3
  train.seed      = 4
  budget.hours    = 1
  augment.flip    = horizontal
  train.clip      = 5
  train.epochs    = 4
  evaluate.folds  = kfold(3)
  share           = 0.0
}
sweep Some of Other { vary train.seed in [1, 2] }`;
  const { diagnostics } = compileText(text);
  assert.equal(diagnostics.find(({ name }) => name === 'untrainable')?.notes, [
    'in `Other`, where `train.batch = 3`, `train.seed = 4`, `augment.flip = horizontal` and 4 more; also in `Some[0]`, `Some[1]`',
  ]);
});

findings('a warning that is allowed is silent where it is allowed', () => {
  const warned = (text: string) => compileText(text).diagnostics.some(({ name }) => name === 'leaky-folds');
  const text = run({ settings: 'evaluate { folds = kfold(4, group = image) }' });
  assert.ok(warned(text));
  assert.not(warned(text.replace('experiment Run', '@allow("leaky-folds")\nexperiment Run')));
  assert.not(warned(text.replace('{ folds', '{ @allow("leaky-folds") folds')));
  assert.ok(warned(text.replace('dataset Hearts', '@allow("leaky-folds")\ndataset Hearts')));
});

findings('a variant may allow what its experiment may not', () => {
  const text = `${run({ settings: 'evaluate { folds = kfold(4) }' })}
@allow("leaky-folds")
variant Leaky of Run { evaluate.folds.group = image }
variant AlsoLeaky of Run { evaluate.folds = kfold(3, group = image) }`;
  const leaky = compileText(text).diagnostics.filter(({ name }) => name === 'leaky-folds');
  assert.is(leaky.length, 1);
});

findings('what could not be read is not checked further', () => {
  const text = `${run()}variant Other of Run { train.epochs = }`;
  assert.ok(errorsOf(compileText(text)).every((code) => code.startsWith('CMR1')));
});

findings('a compilation is the same whenever it is made', () => {
  assert.equal(JSON.stringify(compileText(run())), JSON.stringify(compileText(run())));
});

findings.run();
