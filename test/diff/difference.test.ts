import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { difference, differenceSchema } from '../../src/compiler/diff/difference.ts';
import { layerDifference } from '../../src/compiler/diff/layers.ts';
import { graphHash } from '../../src/compiler/ir/hash.ts';
import { experimentOf, graphOf, soundFile } from '../support/compiled.ts';

const ablations = soundFile('specs/ablations.cmrnet');
const side = (name: string) => {
  const { graph, plan } = experimentOf(ablations, name);
  return { name, graph: graph!, plan: plan! };
};
const network = (body: string) =>
  graphOf(
    `network N {\n  input image: [8, 8, 1]\n${body}\n  head s: mask = end |> conv(1, kernel = 1) |> sigmoid()\n}`,
  );

const test = suite('the difference of two experiments');

test('without the context module its layers are gone, and what read it reads what was before', () => {
  const { settings, layers, totals } = difference(side('NoDac'), side('TiedDac'));
  assert.equal(
    settings.map(({ path }) => path),
    ['model.context'],
  );
  assert.is(layers.removed.length, 0);
  assert.ok(layers.added.every(({ path }) => path.startsWith('encoder/mid.1/')));
  assert.equal(
    layers.changed.map(({ before, changes }) => [before, changes.map(({ what }) => what)]),
    [
      ['encoder/f3/base/conv', ['operands']],
      ['encoder/f4/concat', ['operands']],
    ],
  );
  const added = layers.added.reduce((sum, { parameters }) => sum + parameters, 0);
  assert.is(totals.parameters.after - totals.parameters.before, added);
});

test('what differs one way differs the other way round, and the JSON is as documented', () => {
  const [one, other] = [side('SerialRates[0]'), side('NoDac')];
  const [there, back] = [difference(one, other), difference(other, one)];
  assert.equal(there.layers.added, back.layers.removed);
  assert.equal(there.layers.changed.length, back.layers.changed.length);
  const isValid = new Ajv2020().compile(differenceSchema);
  for (const found of [there, back]) assert.ok(isValid(found), JSON.stringify(isValid.errors));
});

test('no layer differs exactly when the networks compute the same', () => {
  const bodies = [
    'let a = image |> conv(2)\nlet end = a |> conv(2)',
    'let b = image |> conv(2)\nlet end = b |> conv(2)',
    'let a = image |> conv(2)\nlet end = a |> conv(2) |> relu()',
    'let a = image |> conv(2, rate = 2)\nlet end = a |> conv(2)',
    'layer a = conv(2)\nlet b = image |> conv(2)\nlet end = b |> a |> a',
    'let b = image |> conv(2)\nlet end = b |> conv(2) |> conv(2)',
    'let a = image |> conv(2)\nlet b = image |> conv(2)\nlet end = a + b',
    'let a = image |> conv(2)\nlet b = a |> conv(2)\nlet end = a + b',
    'let a = image |> conv(2)\nlet b = a |> conv(2)\nlet end = b + a',
  ];
  const graphs = bodies.map(network);
  for (const one of graphs) {
    for (const other of graphs) {
      const { added, removed, changed } = layerDifference(one, other);
      const differs = added.length + removed.length + changed.length > 0;
      assert.is(differs, graphHash(one) !== graphHash(other));
    }
  }
});

test('a layer under another name is found again', () => {
  const one = network('let a = image |> conv(2) |> relu()\nlet end = a |> conv(3)');
  const other = network('let b = image |> conv(2) |> relu()\nlet end = b |> conv(3, rate = 2)');
  const { added, removed, changed } = layerDifference(one, other);
  assert.equal([added, removed], [[], []]);
  assert.equal(
    changed.map(({ changes }) => changes),
    [[{ what: 'rate', before: '1', after: '2' }]],
  );
});

test.run();
