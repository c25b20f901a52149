import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderDiagnostics } from '../../../src/compiler/diagnostics/render.ts';
import { runHash } from '../../../src/compiler/plan/run-hash.ts';
import { compileText, errorsOf, planOf, sound } from '../../support/compiled.ts';

const test = suite('metrics of masks in a spec');

const spec = (evaluate: string, report = 'segmentation.dsc') => `network Tiny() {
  input image: [16, 16, 1]
  head segmentation: mask = image |> conv(4, kernel = 3) |> softmax()
}

dataset Hearts {
  source = phantom(images = 24)
  fit    = resize(16, 16)
  structures {
    right_ventricle = 1
    myocardium      = 2
    left_ventricle  = 3
  }
}

experiment Demo {
  model = Tiny()
  data  = Hearts
  loss  = 1.0 * cross_entropy(segmentation)
  train {
    optimizer = adam()
    epochs    = 1
  }
  evaluate {
    ${evaluate}
  }
}

sweep Seeds of Demo {
  vary train.batch in [2, 4]
  report ${report}
}
`;

test('a report names a metric, or one of its structures', () => {
  const { sweeps } = sound(
    spec('segmentation = [dsc]', 'segmentation.dsc, segmentation.dsc.right_ventricle'),
  );
  assert.equal(sweeps[0]!.reports[0]!.metrics, ['segmentation.dsc', 'segmentation.dsc.right_ventricle']);
});

test('a structure that the data do not have is told, with those that they have', () => {
  const compilation = compileText(spec('segmentation = [dsc]', 'segmentation.dsc.right_ventrikel'));
  const text = renderDiagnostics(compilation.diagnostics, compilation.sources);
  assert.match(text, 'structures are `segmentation.dsc.right_ventricle`');
  assert.match(text, 'did you mean');
});

test('a tolerance is a length in mm, and part of what identifies a run', () => {
  const at = (tolerance: string) =>
    planOf(sound(spec(`segmentation = [dsc, nsd]\n    tolerance = ${tolerance}`)), 'Demo');
  assert.is(at('2mm').evaluate.tolerance, 2);
  assert.is.not(runHash(at('2mm')), runHash(at('3mm')));
  assert.not('tolerance' in planOf(sound(spec('segmentation = [dsc]')), 'Demo').evaluate);
});

test('a tolerance without a unit, in px, or of nothing is a mistake', () => {
  for (const tolerance of ['2', '2px', '0mm'])
    assert.ok(
      errorsOf(compileText(spec(`segmentation = [dsc, nsd]\n    tolerance = ${tolerance}`))).length > 0,
      tolerance,
    );
});

test('a surface distance needs a tolerance', () => {
  assert.equal(errorsOf(compileText(spec('segmentation = [dsc, nsd]'))), ['CMR875']);
});

test.run();
