import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { train } from '../../cli/commands/training/train.ts';
import type { Output } from '../../cli/output/output.ts';
import { Bag } from '../../src/compiler/index.ts';
import { createRun, runFiles } from '../../src/runtime/index.ts';
import { inFolder } from '../support/folder.ts';
import { smallPlan, writeSmallData } from '../support/small-data.ts';

const test = suite('a run folder that cannot be written');

test('is told with its code, not as an internal error', async () => {
  await inFolder(async (root) => {
    const plan = smallPlan(writeSmallData(root, 4));
    const request = {
      folder: join(root, 'run'),
      plan,
      workingFolder: root,
      folds: [1],
      backend: null,
      overrides: [],
      versions: { cmrnet: '', node: '' },
      sources: [],
      now: new Date(0),
    };
    const run = createRun(request, new Bag())!;
    // A folder in place of the log refuses to be written, even to those who may write everywhere.
    mkdirSync(runFiles.log(run.folder));
    const values: unknown[] = [];
    const output = {
      format: 'json',
      color: false,
      errorColor: false,
      width: 80,
      print: () => undefined,
      value: (result: unknown) => values.push(result),
      say: () => undefined,
    } satisfies Output;
    assert.is(await train(output, undefined, { format: 'json', resume: run.folder }), 3);
    assert.is(values.length, 1);
    assert.match(JSON.stringify(values), 'CMR918');
  });
});

test.run();
