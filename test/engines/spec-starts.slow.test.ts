import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag, compile, startFindings } from '../../src/compiler/index.ts';
import { firstStep } from '../../src/runtime/process/first-step.ts';
import { specHost } from '../support/spec-host.ts';

const test = suite('specs before their first step');

// The baselines keep their papers' form and size; `cmrc summary --start` tells theirs.
const files = readdirSync('specs')
  .filter((name) => name.endsWith('.cmrnet'))
  .map((name) => join('specs', name));
const seen = new Set<string>();

for (const file of files) {
  const { experiments } = compile(file, specHost());
  for (const { name, kind, graph, plan } of experiments) {
    if (kind === 'cell' || graph === null || plan === null) continue;
    const layers = graph.nodes.map(({ op, operands, shape }) => [op, operands, shape]);
    const network = JSON.stringify(layers);
    if (seen.has(network)) continue;
    seen.add(network);
    test(`${name} of ${file}: no layer explodes, vanishes or is dead, and the loss reaches every weight`, async () => {
      const bag = new Bag();
      const start = await firstStep(graph, plan, 'onnx', bag);
      assert.equal(bag.sorted(), []);
      assert.equal(
        startFindings(start!).map(({ code, message }) => `${code} ${message}`),
        [],
      );
      for (const { path, gradient } of start!.layers)
        assert.ok(gradient === null || Number.isFinite(gradient), path);
    });
  }
}

test.run();
