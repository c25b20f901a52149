import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cannotTake, sizeAfter } from '../../../src/compiler/plan/fitting.ts';
import { compileText, errorsOf, planOf, sound } from '../../support/compiled.ts';

/** An experiment over a dataset with some settings, whose network takes images of one size. */
function over(dataset: string, size = '[64, 64, 1]'): string {
  return `network Small() {
  input image: ${size}
  head diagnosis: label = image |> conv(8) |> global_avg_pool() |> dense(1) |> sigmoid()
}
dataset Hearts {
  ${dataset}
  classes  = ["healthy", "diseased"]
  positive = "diseased"
}
experiment Run {
  model = Small()
  data  = Hearts
  loss  = bce(diagnosis)
  train {
    optimizer = sgd(0.1)
    epochs    = 1
  }
}
`;
}

const settings = suite('datasets');

settings('a phantom is drawn like the paper unless the spec says otherwise', () => {
  const { data } = planOf(sound(over('source = phantom(images = 20)\n  fit = center(64, 64)')), 'Run');
  assert.equal(data.source, {
    kind: 'phantom',
    images: 20,
    seed: 0,
    difficulty: 'paper',
    diseased: 77 / 654,
    size: [256, 218],
  });
});

settings('a phantom is drawn in the size that its images have', () => {
  const { data } = planOf(sound(over('source = phantom(images = 20)\n  image = [64, 64, 1]')), 'Run');
  assert.ok(data.source.kind === 'phantom');
  assert.equal(data.source.size, [64, 64]);
});

settings('steps of a fitting come in order', () => {
  const { data } = planOf(sound(over('manifest = "m.yaml"\n  fit = [longest(80), center(64, 64)]')), 'Run');
  assert.equal(data.fit, [
    { kind: 'longest', size: 80 },
    { kind: 'center', height: 64, width: 64 },
  ]);
});

settings('the size after the last step must be the one that the network takes', () => {
  assert.equal(errorsOf(compileText(over('manifest = "m.yaml"\n  fit = center(64, 60)'))), ['CMR508']);
  assert.equal(errorsOf(compileText(over('manifest = "m.yaml"\n  fit = longest(64)'))), ['CMR508']);
  assert.equal(errorsOf(compileText(over('manifest = "m.yaml"'))), ['CMR508']);
  sound(over('manifest = "m.yaml"\n  image = [100, 80, 1]\n  fit = longest(50)', '[50, 40, 1]'));
});

settings('percentages are shares', () => {
  const { data } = planOf(
    sound(over('manifest = "m.yaml"\n  fit = center(64, 64)\n  intensity = percentile(2%, 98%)')),
    'Run',
  );
  assert.equal(data.intensity, { kind: 'percentile', low: 0.02, high: 0.98 });
});

settings('limits of intensities must leave something between them', () => {
  const text = over('manifest = "m.yaml"\n  fit = center(64, 64)\n  intensity = percentile(60%, 40%)');
  assert.equal(errorsOf(compileText(text)), ['CMR308']);
});

settings('datasets that no experiment uses are checked as well', () => {
  assert.equal(errorsOf(compileText('dataset Hearts {\n  fit = pad(3)\n}')), ['CMR303']);
});

settings('a dataset can have parameters', () => {
  const text = over('source = phantom(images = count)\n  image = [64, 64, 1]')
    .replace('dataset Hearts', 'dataset Hearts(count: int = 20)')
    .replace('= Hearts\n', '= Hearts(count = 30)\n');
  const compilation = sound(`${text}variant More of Run { data.count = 40 }`);
  const images = (name: string) => {
    const { source } = planOf(compilation, name).data;
    return source.kind === 'phantom' ? source.images : 0;
  };
  assert.equal([images('Run'), images('More')], [30, 40]);
});

settings.run();

const fitting = suite('fitting');

const size = fc.record({ height: fc.integer({ min: 1, max: 600 }), width: fc.integer({ min: 1, max: 600 }) });

fitting('`longest` makes the longer side that long and keeps the shape as far as pixels allow', () => {
  fc.assert(
    fc.property(size, fc.integer({ min: 1, max: 400 }), (before, longest) => {
      const after = sizeAfter({ kind: 'longest', size: longest }, before, null)!;
      assert.is(Math.max(after.height, after.width), longest);
      const factor = longest / Math.max(before.height, before.width);
      for (const side of ['height', 'width'] as const) {
        assert.ok(Math.abs(after[side] - Math.max(1, before[side] * factor)) <= 0.5 + 1e-9);
      }
    }),
    { seed: 7, numRuns: 200 },
  );
});

fitting(
  '`center` takes every image, `pad` only those that are not larger, `crop` only those that are not smaller',
  () => {
    fc.assert(
      fc.property(size, size, (image, canvas) => {
        assert.not(cannotTake({ kind: 'center', ...canvas }, image));
        const larger = image.height > canvas.height || image.width > canvas.width;
        const smaller = image.height < canvas.height || image.width < canvas.width;
        assert.is(cannotTake({ kind: 'pad', ...canvas }, image), larger);
        assert.is(cannotTake({ kind: 'crop', ...canvas }, image), smaller);
      }),
      { seed: 7, numRuns: 100 },
    );
  },
);

fitting.run();
