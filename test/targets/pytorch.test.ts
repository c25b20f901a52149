import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import { elements } from '../../src/compiler/ir/shape.ts';
import { emitPytorch } from '../../src/compiler/targets/pytorch/emit.ts';
import { networks } from '../step/random-networks.ts';
import { soundFile } from '../support/compiled.ts';
import { matchesGolden } from '../support/golden.ts';
import { paperNetwork } from '../support/paper-network.ts';

const test = suite('a network as a package of PyTorch');

test('has a class for each block of the spec, with its words and what differs as parameters', () => {
  const { experiments, documentation } = soundFile('specs/phantom.cmrnet');
  const { graph } = experiments.find(({ name }) => name === 'Demo')!;
  matchesGolden('test/targets/pytorch/network.py', emitPytorch(graph!, documentation).files['network.py']!);
});

/** What `self.` has in a class, in the order in which it is said. */
function check(graph: Graph): void {
  const { files, state } = emitPytorch(graph);
  const text = files['network.py']!;
  const classes = [...text.matchAll(/^class (\w+)\(nn\.Module\):\n((?: {4}.*\n|\n)+)/gm)];
  const known = new Set<string>();
  assert.is(classes.length, [...text.matchAll(/^class /gm)].length, 'classes have names of Python');
  for (const [, name, body] of classes as unknown as readonly [string, string, string][]) {
    assert.not.ok(known.has(name), `${name} stands once`);
    const attributes = [...body.matchAll(/^ {8}self\.(\w+) = (\w+(?:\.\w+)*)/gm)].map((found) => found[1]!);
    assert.is(new Set(attributes).size, attributes.length, `each attribute of ${name} is set once`);
    for (const [, made] of body.matchAll(/= ([A-Z]\w*)\(/g)) {
      const imported = new RegExp(`^from \\.layers import .*\\b${made}\\b`, 'm').test(text);
      assert.ok(known.has(made!) || imported, `${made} stands before ${name}`);
    }
    const run = body.slice(body.indexOf('def forward'));
    const names = new Set(run.match(/\(self, (.*)\):/)![1]!.split(', '));
    for (const line of run.split('\n').slice(1)) {
      const [, results, expression] = /^ {8}(?:([\w, ]+) = |return )(.+)$/.exec(line) ?? [];
      if (expression === undefined) continue;
      for (const [, read] of expression.matchAll(/(?<![\w."])([a-z]\w*)(?!\w*[=(.])/g))
        assert.ok(
          names.has(read!) || ['self', 'torch'].includes(read!),
          `${read} is made before it is read: ${line}`,
        );
      for (const result of results?.split(', ') ?? []) names.add(result);
    }
    known.add(name);
  }
  const counts = [...graph.weights.values()].map(({ shape }) => elements(shape));
  const stored = [...state.values()].map(({ shape, values }) => {
    assert.is(elements(shape), values.length);
    return values.length;
  });
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  assert.is(sum(stored), sum(counts), 'all weights are stored once');
}

test('reads nothing before it is made, and stores every weight', () => {
  fc.assert(fc.property(networks, check), { numRuns: 60 });
  for (const dac of ['unshared', 'shared', 'cenet'] as const) check(paperNetwork({ dac, width: 4 }));
  for (const file of ['any-u-net', 'attention-u-net', 'transformer-u-net', 'attributes', 'strong', 'acdc']) {
    const { experiments } = soundFile(`specs/${file}.cmrnet`);
    for (const { graph, kind } of experiments) if (kind !== 'cell') check(graph!);
  }
});

test('says that modules which share weights are one', () => {
  const { files } = emitPytorch(paperNetwork({ dac: 'shared', width: 4 }));
  assert.match(files['network.py']!, /^ {8}self\.[\w.]+ = self\.[\w.]+$/m);
});

test.run();
