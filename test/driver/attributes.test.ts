import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText, errorsOf, planOf, sound } from '../support/compiled.ts';

const mistakes = (text: string) => [...new Set(errorsOf(compileText(text)))];

const test = suite('heads that predict attributes');

/** A small network with one head, on drawn hearts with attributes. */
function run({
  head = 'wall_thickness: value = pooled |> dense(1)',
  attributes = 'wall_thickness { unit = "mm" }',
  loss = 'mse(wall_thickness)',
  classes = '',
  evaluate = '',
} = {}): string {
  return `network Small {
  input image: [64, 64, 1]
  let pooled = image |> conv(8) |> global_avg_pool()
  head ${head}
}
dataset Hearts {
  source = phantom(images = 80)
  image  = [64, 64, 1]
  ${classes}
  attributes {
    ${attributes}
  }
}
experiment Run {
  model = Small()
  data  = Hearts
  loss  = ${loss}
  train {
    optimizer = adam()
    epochs    = 2
  }
  ${evaluate}
}
`;
}

test('a value head predicts the number of its name, and is measured in its unit', () => {
  const plan = planOf(sound(run()), 'Run');
  assert.equal(plan.heads[0], {
    ...{ name: 'wall_thickness', kind: 'value', channels: 1, encoding: 'number' },
    ...{ attribute: 'wall_thickness', trained: true },
  });
  assert.equal(plan.evaluate.metrics['wall_thickness'], ['mae', 'rmse', 'r2', 'limits_of_agreement']);
  assert.equal(plan.data.attributes, [
    {
      ...{ kind: 'value', name: 'wall_thickness', column: 'wall_thickness' },
      ...{ unit: 'mm', scale: 1, of: 'image', margin: 0 },
    },
  ]);
});

test('a run is another with another scale, and the same with another name, margin or unused attribute', () => {
  const hash = (text: string) => planOf(sound(text), 'Run').hash;
  const own = hash(run());
  assert.is.not(own, hash(run({ attributes: 'wall_thickness { unit = "mm"\n scale = 2 }' })));
  assert.is(own, hash(run({ attributes: 'wall_thickness { unit = "mm"\n margin = 1 }' })));
  assert.is(own, hash(run({ attributes: 'wall_thickness { unit = "mm" }\n t1 { unit = "ms" }' })));
  const renamed = run({
    head: 'wall: value = pooled |> dense(1)',
    attributes: 'wall { unit = "mm"\n column = "wall_thickness" }',
    loss: 'mse(wall)',
  });
  assert.is(own, hash(renamed));
});

test('a number has one value, no bounds, and losses of its own', () => {
  assert.equal(mistakes(run({ head: 'wall_thickness: value = pooled |> dense(2)' })), ['CMR615']);
  assert.equal(mistakes(run({ head: 'wall_thickness: value = pooled |> dense(1) |> sigmoid()' })), [
    'CMR618',
  ]);
  assert.equal(mistakes(run({ loss: 'bce(wall_thickness)' })), ['CMR503']);
  assert.equal(mistakes(run({ evaluate: 'evaluate { wall_thickness = [auc] }' })), ['CMR506']);
});

test('a number whose last layer has no bias cannot start at the mean, which is told', () => {
  const found = compileText(run({ head: 'wall_thickness: value = pooled |> dense(1, bias = false)' }));
  const told = found.diagnostics.find(({ code }) => code === 'CMR533');
  assert.match(told!.message, 'the mean of the training images');
});

test('a value head without a number in the dataset is told how to name it', () => {
  assert.equal(mistakes(run({ head: 'ef: value = pooled |> dense(1)', loss: 'mse(ef)' })), ['CMR617']);
  const swapped = run({
    head: 'wall_thickness: label = pooled |> dense(2) |> softmax()',
    loss: 'cross_entropy(wall_thickness)',
  });
  assert.equal(mistakes(swapped), ['CMR617']);
});

test('settings of an attribute must go together, and drawn hearts must know it', () => {
  for (const attributes of [
    'wall_thickness { scale = 2 }',
    'wall_thickness { unit = "mm"\n classes = ["a", "b"] }',
    'wall_thickness { unit = "mm"\n positive = "a" }',
    'wall_thickness { unit = "cm" }',
    'wall_thickness { unit = " " }',
    'wall_thickness { classes = ["thick", "thin"] }',
    'wall_thickness { unit = "mm" }\n condition { classes = ["normal"] }',
    'wall_thickness { unit = "mm" }\n condition { classes = ["normal", "ill"] }',
    'wall_thickness { unit = "mm" }\n ejection_fraction { unit = "%" }',
  ]) {
    assert.equal(mistakes(run({ attributes })), ['CMR616'], attributes);
  }
});

const condition = 'condition { classes = ["normal", "hypertrophic", "dilated", "mild"] }';

test('a softmax over classes needs no positive one where no metric asks', () => {
  const head = 'condition: label = pooled |> dense(4) |> softmax()';
  const plain = { head, attributes: condition, loss: 'cross_entropy(condition)' };
  const { evaluate, heads } = planOf(sound(run(plain)), 'Run');
  assert.equal(evaluate.metrics['condition'], ['accuracy', 'balanced_accuracy']);
  assert.is(heads[0]!.attribute, 'condition');
  const asking = { ...plain, evaluate: 'evaluate { condition = [accuracy, auc] }' };
  assert.equal(mistakes(run(asking)), ['CMR619']);
  const positive = condition.replace(' }', '\n positive = "normal" }');
  sound(run({ ...asking, attributes: positive }));
});

test('the same holds of diagnoses, and a single sigmoid needs a positive class', () => {
  const classes = 'classes = ["healthy", "diseased"]';
  const softmax = 'diagnosis: label = pooled |> dense(2) |> softmax()';
  const plan = planOf(sound(run({ classes, head: softmax, loss: 'cross_entropy(diagnosis)' })), 'Run');
  assert.equal(plan.evaluate.metrics['diagnosis'], ['accuracy', 'balanced_accuracy']);
  const sigmoid = 'diagnosis: label = pooled |> dense(1) |> sigmoid()';
  assert.equal(mistakes(run({ classes, head: sigmoid, loss: 'bce(diagnosis)' })), ['CMR619']);
});

test('several classes may be true at once, each with a sigmoid', () => {
  const findings = 'findings { classes = ["scar", "thick_wall"]\n several = true }';
  const some = (end: string) =>
    run({
      head: `findings: label = pooled |> dense(2) |> ${end}`,
      attributes: findings,
      loss: end === 'softmax()' ? 'cross_entropy(findings)' : 'bce(findings)',
    });
  const [head] = planOf(sound(some('sigmoid()')), 'Run').heads;
  assert.equal([head!.encoding, head!.channels], ['multilabel', 2]);
  assert.equal(mistakes(some('softmax()')), ['CMR618']);
});

test('folds keep the classes of the attribute in proportion that a head predicts', () => {
  const plain = {
    head: 'condition: label = pooled |> dense(4) |> softmax()',
    attributes: condition,
    loss: 'cross_entropy(condition)',
    evaluate: 'evaluate { folds = kfold(4, stratify = condition) }',
  };
  assert.is(planOf(sound(run(plain)), 'Run').evaluate.folds.stratify, 'condition');
  const several = run({
    head: 'findings: label = pooled |> dense(2) |> sigmoid()',
    attributes: 'findings { classes = ["scar", "thick_wall"]\n several = true }',
    loss: 'bce(findings)',
    evaluate: 'evaluate { folds = kfold(4, stratify = findings) }',
  });
  assert.equal(mistakes(several), ['CMR616']);
});

test.run();
