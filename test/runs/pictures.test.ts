import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { phantomCases } from '../../src/runtime/data/phantom/cases.ts';
import { drawPhantom } from '../../src/runtime/data/phantom/phantom.ts';
import { openPictures } from '../../src/runtime/runs/pictures/pictures.ts';
import { createRun } from '../../src/runtime/runs/record/store.ts';
import { planOf, sound } from '../support/compiled.ts';
import { inFolder } from '../support/folder.ts';

const spec = `import { CmrNet } from "./paper.cmrnet"

dataset Hearts {
  source    = phantom(images = 6, seed = ${1 + (Date.now() % 1000)}, diseased = 50%)
  image     = [60, 52, 1]
  fit       = pad(64, 64)
  intensity = minmax()
  classes   = ["healthy", "diseased"]
  positive  = "healthy"
}

experiment Demo {
  model = CmrNet(width = 4, serial_rates = [1, 2, 3], parallel_rates = [2, 3], size = [64, 64])
  data  = Hearts
  loss  = jaccard(segmentation)

  train {
    optimizer = rmsprop(lr = 0.003)
    epochs    = 1
    batch     = 2
  }

  evaluate {
    folds        = kfold(2)
    segmentation = [dsc]
  }
}`;

/** A run in a folder, as training leaves its record. */
function runIn(parent: string, plan: RunPlan): string {
  const folder = join(parent, 'run');
  const versions = { cmrnet: '0.1.0', node: 'v20.20.0' };
  const settings = { workingFolder: parent, folds: [1], backend: null, overrides: [], sources: [] };
  assert.ok(createRun({ folder, plan, versions, now: new Date(), ...settings }, new Bag()));
  return folder;
}

const test = suite('pictures of held-out images');

test('are read from the data on the grid of their masks, and again from what was kept of them', () =>
  inFolder((parent) => {
    const plan = planOf(sound(spec), 'Demo');
    const { source } = plan.data;
    if (source.kind !== 'phantom') throw new Error('the spec has a phantom');
    const folder = runIn(parent, plan);
    for (const _ of ['drawn', 'kept']) {
      const read = openPictures(folder, new Bag())!;
      for (const one of phantomCases(source, plan.data)) {
        if (one.source.kind !== 'phantom') throw new Error('a phantom is drawn');
        const { T1 } = drawPhantom(source, one.source.image);
        const [low, high] = [Math.min(...T1), Math.max(...T1)];
        const { height, width, values } = read({ id: one.id, height: 60, width: 52 });
        assert.equal([height, width], [60, 52]);
        for (const [pixel, grey] of values.entries())
          assert.ok(Math.abs(grey - (255 * (T1[pixel]! - low)) / (high - low)) <= 0.51, `${one.id} ${pixel}`);
      }
      assert.throws(() => read({ id: 'nobody', height: 60, width: 52 }), /no image nobody/);
    }
  }));

test('say why there are none where the data is gone', () =>
  inFolder((parent) => {
    const plan = planOf(sound(spec), 'Demo');
    const source = { kind: 'manifest', path: 'hearts.yaml' } as const;
    const folder = runIn(parent, { ...plan, data: { ...plan.data, source } });
    const bag = new Bag();
    assert.is(openPictures(folder, bag), null);
    assert.equal(
      bag.sorted().map(({ code }) => code),
      ['CMR801'],
    );
    rmSync(folder, { recursive: true });
  }));

test.run();
