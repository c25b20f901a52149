import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exportView, ViewIncomplete } from '../../cli/tui/app/export-view.ts';
import { inFolder } from '../support/folder.ts';
import { recordRuns } from '../support/recorded-runs.ts';

const test = suite('a view that is written as files');

test('a held-out image that is gone or damaged is shown as missing, and nothing waits for it', () =>
  inFolder(async (parent) => {
    recordRuns(parent);
    const run = join(parent, 'Wide-20210225-170000');
    const previews = ['fold-1', 'fold-2'].map((fold) => join(run, fold, 'previews')).filter(existsSync);
    const wish = {
      opening: { parent, run },
      view: 'run',
      marked: [],
      screen: { columns: 120, rows: 40 },
      ground: 'dark',
      folder: join(parent, 'out'),
    } as const;
    for (const damage of ['{"image":"a","height":4}', '{', null]) {
      for (const path of previews.flatMap((fold) => readdirSync(fold).map((name) => join(fold, name)))) {
        if (damage === null) rmSync(path);
        else writeFileSync(path, damage);
      }
      const [svg] = await exportView(wish);
      assert.match(readFileSync(svg!, 'utf8'), /damaged/);
    }
    assert.instance(new ViewIncomplete('run'), Error);
  }));

test.run();
