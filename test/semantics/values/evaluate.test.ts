import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText, errorsOf, planOf, sound } from '../../support/compiled.ts';

/** The value of an expression, by way of a parameter of a type. */
function valued(type: string, expression: string): string {
  return `block Holder(value: ${type} = ${expression}) {
  input x: [h, w, c]
  let held = value
  output x |> conv(8) |> Keep(held)
}
block Keep(value: ${type}) {
  input x: [h, w, c]
  let held = value
  let end: [h, w, c] = x
  output end |> Drop(held)
}
block Drop(value: ${type}) {
  input x: [h, w, c]
  let unused = value
  output x
}
network Small(value: ${type} = ${expression}) {
  input image: [8, 8, 1]
  let end = image |> Holder(value)
  head diagnosis: label = end |> global_avg_pool() |> dense(1) |> sigmoid()
}
`;
}

/** What a parameter of a type holds after an expression was its default. */
function value(type: string, expression: string): string | undefined {
  const { graph } = sound(valued(type, expression)).networks[0]!;
  return graph.parameters.find(({ name }) => name === 'value')?.value;
}

const constants = suite('constants');

for (const [type, expression, expected] of [
  ['int', '2 + 3 * 4', '14'],
  ['int', '(2 + 3) * 4', '20'],
  ['int', '-(7 - 9) / 2', '1'],
  ['real', '1 - 0.9', '0.1'],
  ['real', '1.0 / 8', '0.125'],
  ['real', '3', '3'],
  ['real', '15%', '0.15'],
  ['int[]', '[1, 2 * 3, 7 - 1]', '[1, 6, 6]'],
  ['int', '[4, 8, 12][1]', '8'],
  ['int', 'last([4, 8, 12])', '12'],
  ['int[2]', 'butlast([4, 8, 12])', '[4, 8]'],
  ['int[3]', 'repeat(728, 3)', '[728, 728, 728]'],
  ['bool', 'true', 'true'],
  ['string', '"a b"', '"a b"'],
  ['"same" | "valid"', '"valid"', '"valid"'],
  ['angle', '2 * 15deg', '30deg'],
  ['length', '3mm - 1.5mm', '1.5mm'],
  ['bytes', '2GB', '2000MB'],
  ['block', 'Keep', 'Keep'],
] as const) {
  constants(`\`${expression}\` is ${expected}`, () => assert.is(value(type, expression), expected));
}

for (const [type, expression, code] of [
  ['int', '7 / 2', 'CMR305'],
  ['int', '1.5', 'CMR301'],
  ['int', '1 / 0', 'CMR318'],
  ['int', '[1, 2][2]', 'CMR310'],
  ['int', '[1, 2][0.5]', 'CMR301'],
  ['int', 'last([])', 'CMR319'],
  ['int[]', 'repeat(1, 0)', 'CMR308'],
  ['int[]', 'repeat(1, 2.5)', 'CMR301'],
  ['int[]', 'repeat(1)', 'CMR304'],
  ['int', '2 + "3"', 'CMR311'],
  ['int', '2 + 3deg', 'CMR311'],
  ['int', '-"3"', 'CMR301'],
  ['angle', '15', 'CMR306'],
  ['angle', '15mm', 'CMR301'],
  ['int[3]', '[1, 2]', 'CMR309'],
  ['int[]', '[1, "2"]', 'CMR301'],
  ['"same" | "valid"', '"sames"', 'CMR301'],
  ['block', '3', 'CMR301'],
  ['number', '3', 'CMR317'],
  ['int', 'unheard_of', 'CMR201'],
] as const) {
  constants(`\`${expression}\` for ${type} is ${code}`, () => {
    const text = `block Holder(value: ${type} = ${expression}) {
  input x: [h, w, c]
  let held = value
  output x
}
`;
    assert.equal(errorsOf(compileText(text)), [code]);
  });
}

constants('bounds hold for every item of a list, and a list of bounds names what is allowed', () => {
  const bounded = (type: string, bounds: string, given: string) =>
    errorsOf(
      compileText(`block Holder(value: ${type} in ${bounds} = ${given}) {
  input x: [h, w, c]
  let held = value
  output x
}
`),
    );
  assert.equal(bounded('int', '1 .. 4', '4'), []);
  assert.equal(bounded('int', '1 .. 4', '5'), ['CMR308']);
  assert.equal(bounded('int[]', '1 .. 4', '[1, 5]'), ['CMR308']);
  assert.equal(bounded('int', '[1, 3]', '3'), []);
  assert.equal(bounded('int', '[1, 3]', '2'), ['CMR308']);
  assert.equal(bounded('angle', '0deg .. 90deg', '91deg'), ['CMR308']);
});

constants.run();

const ranges = suite('ranges of sweeps');

const experiment = `network Small() {
  input image: [64, 64, 1]
  head diagnosis: label = image |> conv(8) |> global_avg_pool() |> dense(1) |> sigmoid()
}
dataset Hearts {
  source   = phantom(images = 80)
  image    = [64, 64, 1]
  classes  = ["healthy", "diseased"]
  positive = "healthy"
}
experiment Run(share: real = 1.0) {
  model = Small()
  data  = Hearts
  loss  = share * bce(diagnosis)
  train {
    optimizer = sgd()
    epochs    = 1
  }
}
`;

for (const [range, expected] of [
  ['0.1 .. 0.3 step 0.1', [0.1, 0.2, 0.3]],
  ['1.0 .. 2.0 step 0.25', [1, 1.25, 1.5, 1.75, 2]],
  ['0.5 .. 0.5 step 1.0', [0.5]],
  ['[0.2, 50%]', [0.2, 0.5]],
] as const) {
  ranges(`${range} has the values ${expected.join(', ')}`, () => {
    const compilation = sound(`${experiment}sweep Some of Run { vary share in ${range} }`);
    const weights = compilation.sweeps[0]!.cells.map((cell) => planOf(compilation, cell).loss[0]?.weight);
    assert.equal(weights, expected);
  });
}

ranges('whole numbers step by one', () => {
  const compilation = sound(`${experiment}sweep Some of Run { vary train.epochs in 2 .. 5 }`);
  assert.equal(
    compilation.sweeps[0]!.cells.map((cell) => planOf(compilation, cell).train.epochs),
    [2, 3, 4, 5],
  );
  assert.equal(experimentChanges(compilation), [
    'train.epochs = 2',
    'train.epochs = 3',
    'train.epochs = 4',
    'train.epochs = 5',
  ]);
});

for (const range of [
  '1.0 .. 0.0 step 0.1',
  '0.0 .. 1.0 step 0.0',
  '0.0 .. 1.0 step 0.3',
  '0.0 .. 1.0',
  '0.0 .. 3deg step 1.0',
]) {
  ranges(`${range} leads nowhere`, () => {
    const text = `${experiment}sweep Some of Run { vary share in ${range} }`;
    assert.equal(errorsOf(compileText(text)), ['CMR312']);
  });
}

function experimentChanges({ experiments }: ReturnType<typeof sound>): readonly string[] {
  return experiments.filter(({ kind }) => kind === 'cell').flatMap(({ overrides }) => overrides);
}

ranges.run();
