import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../src/compiler/driver/compile.ts';
import { specHost } from '../support/spec-host.ts';

const test = suite('an override for one experiment');

const text = `cmrnet 1

import { CmrNet } from "./paper.cmrnet"
import { Demo, Hearts } from "./phantom.cmrnet"

experiment Own(channels: int = 8) {
  model = CmrNet(width = channels, size = [112, 112], serial_rates = [1, 2], parallel_rates = [1, 2])
  data  = Hearts
  loss  = 0.5 * bce(segmentation) + 0.5 * bce(diagnosis)

  train {
    optimizer   = adam()
    epochs      = 2
    recalibrate = 16
  }

  evaluate.folds = holdout(25%)
}

variant Other of Demo {
  train.epochs = 1
}
`;

const errors = (experiment?: string) => {
  const options = { overrides: ['channels=4'], ...(experiment !== undefined && { experiment }) };
  const compiled = compile('specs/example.cmrnet', specHost({ 'specs/example.cmrnet': text }), options);
  const found = compiled.diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  return { found, widths: compiled.experiments.map(({ graph }) => graph?.parameters[0]?.value) };
};

test('does not break the others of its file, which do not know what it sets', () => {
  const { found, widths } = errors('Own');
  assert.equal(found, []);
  assert.is(widths[0], '4');
});

test('is a mistake where the experiment itself, or any of all, does not know it', () => {
  assert.equal(errors('Other').found, ['CMR602']);
  assert.equal(errors().found, ['CMR602']);
});

test.run();
