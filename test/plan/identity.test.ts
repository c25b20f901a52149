import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../src/compiler/driver/compile.ts';
import { runHash } from '../../src/compiler/plan/run-hash.ts';
import { specHost } from '../support/spec-host.ts';

const test = suite('the identity of a run');
const phantom = readFileSync('specs/phantom.cmrnet', 'utf8');
const paper = readFileSync('specs/paper.cmrnet', 'utf8');

/** The hash of the phantom experiment, with changed texts of the specs. */
function identity(changed: { readonly phantom?: string; readonly paper?: string } = {}): string {
  const texts = {
    'specs/phantom.cmrnet': changed.phantom ?? phantom,
    'specs/paper.cmrnet': changed.paper ?? paper,
  };
  const { diagnostics, experiments } = compile('specs/phantom.cmrnet', specHost(texts));
  assert.equal(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  );
  return experiments[0]!.plan!.hash;
}

/** A text with a change that must have happened. */
function replaced(text: string, from: string, to: string): string {
  assert.ok(text.includes(from), `\`${from}\` is gone from the spec`);
  return text.replaceAll(from, to);
}

test('names of tensors, stages, networks, datasets and experiments do not matter', () => {
  assert.is(identity({ paper: replaced(replaced(paper, 'stem', 'trunk'), 'encoder', 'front') }), identity());
  const renamed = {
    paper: replaced(paper, 'CmrNet', 'Other'),
    phantom: replaced(phantom, 'CmrNet', 'Other'),
  };
  assert.is(identity(renamed), identity());
  assert.is(
    identity({ phantom: replaced(replaced(phantom, 'Demo', 'Trial'), 'Hearts', 'Drawn') }),
    identity(),
  );
});

test('comments and formatting do not matter', () => {
  assert.is(
    identity({ phantom: replaced(phantom, '\n  train {', '\n  // Slowly.\n\n\n  train  {') }),
    identity(),
  );
});

test('a rate, the seed and the weight of a loss each make another run', () => {
  const others = [
    identity(),
    identity({ phantom: replaced(phantom, 'serial_rates = [1, 2, 3]', 'serial_rates = [1, 2, 4]') }),
    identity({ phantom: replaced(phantom, 'seed        = 7', 'seed        = 8') }),
    identity({ phantom: replaced(phantom, '0.1 * bce(diagnosis)', '0.2 * bce(diagnosis)') }),
  ];
  assert.is(new Set(others).size, others.length);
});

test('a choice that there was not always counts only where it is taken', () => {
  const { experiments } = compile('specs/strong.cmrnet', specHost());
  const { hash: _, ...plan } = experiments[0]!.plan!;
  const [term] = plan.loss.filter((one) => one.loss === 'dice');
  const hashOf = (background: boolean | undefined, nesterov: boolean | undefined) => {
    const loss = [{ ...term!, background }];
    const optimizer = { kind: 'sgd', lr: 0.01, momentum: 0.9, nesterov };
    return runHash({ ...plan, loss, train: { ...plan.train, optimizer } } as typeof plan);
  };
  const before = hashOf(undefined, undefined);
  assert.is(hashOf(true, false), before);
  assert.is(new Set([before, hashOf(false, false), hashOf(true, true)]).size, 3);
});

test.run();
