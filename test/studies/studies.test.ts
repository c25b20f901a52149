import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseStudies, requestOf } from '../../cli/study/study.ts';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { sound, soundFile } from '../support/compiled.ts';

const rowsOf = (compilation: Parameters<typeof chooseStudies>[0], sweep: string) => {
  const [study] = chooseStudies(compilation, 'example.cmrnet', { sweep }, new Bag())!;
  return requestOf(study!).rows.map(({ label, reported }) => ({ label, reported }));
};

const test = suite('rows of a study');

test("tables 2 to 5 have the paper's values beside each row, and none for rates without a valid result", () => {
  const rows = rowsOf(soundFile('specs/ablations.cmrnet'), 'SerialRates');
  assert.equal(
    rows.map(({ label }) => label),
    ['[2, 2, 2]', '[3, 5, 7]', '[5, 5, 5]', '[6, 12, 18]'].map((rates) => `serial_rates = ${rates}`),
  );
  assert.equal(
    rows.map(({ reported }) => reported['segmentation.dsc']),
    [0.819, 0.8214, 0.8152, undefined],
  );
  assert.equal(rows[3]!.reported, {});
  const parallel = rowsOf(soundFile('specs/reduced.cmrnet'), 'ReducedParallelRates');
  assert.equal(
    parallel.map(({ reported }) => reported['diagnosis.specificity']),
    [0.7922, 0.7922, 0.7792, 0.7403],
  );
});

test('what is published of an experiment is not put beside a cell that is another network', () => {
  const widths = `import { Paper } from "./paper.cmrnet"
sweep Widths of Paper { vary model.width in [8, 16] }`;
  assert.equal(
    rowsOf(sound(widths), 'Widths').map(({ reported }) => reported),
    [{}, {}],
  );
  const own = `experiment Own { model = CmrNet() data = CardiacT1 loss = 1.0 * jaccard(segmentation)
  train { optimizer = rmsprop() epochs = 1 } reported { segmentation.dsc = 80% } }
sweep Widths of Own { vary model.width in [8, 16] }`;
  const rows = rowsOf(sound(`import { CardiacT1, CmrNet } from "./paper.cmrnet"\n${own}`), 'Widths');
  assert.equal(
    rows.map(({ reported }) => reported),
    [{}, { 'segmentation.dsc': 0.8 }],
  );
});

test.run();
