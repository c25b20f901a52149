import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { conclude } from '../../cli/commands/training/conclusion.ts';
import type { Output } from '../../cli/output/output.ts';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { openRun } from '../../src/runtime/runs/record/store.ts';
import { inFolder } from '../support/folder.ts';
import { recordRuns } from '../support/recorded-runs.ts';

const notice = (fold: number, code: string | null, severity = 'warning') =>
  `${JSON.stringify({ type: 'notice', time: 0, fold, severity, code, message: `what ${code} says` })}\n`;

const test = suite('the end of a training that noticed something');

test('says in one line what was noticed in which folds, and JSON lists it', () =>
  inFolder(async (parent) => {
    mkdirSync(join(parent, 'runs'));
    recordRuns(join(parent, 'runs'));
    const run = openRun(join(parent, 'runs', 'Demo-20210225-120000'), new Bag())!;
    const said: string[] = [];
    const values: { readonly alerts: readonly object[] }[] = [];
    const output: Output = {
      ...{ format: 'text', color: false, errorColor: false, width: 100, print: () => {} },
      say: (text) => said.push(text),
      value: (value) => values.push(value as (typeof values)[0]),
    };
    conclude(output, run, 0);
    assert.not.ok(said.some((text) => text.includes('while it was trained')));
    const others = notice(1, 'CMR838', 'note') + notice(1, 'CMR822') + notice(1, null);
    appendFileSync(
      runFiles.events(run.folder),
      notice(1, 'CMR751') + others + notice(2, 'CMR751') + notice(2, 'CMR990'),
    );
    conclude(output, run, 0);
    assert.is(
      said.at(-1),
      '3 warnings while it was trained: CMR751 (folds 1, 2), CMR990 (fold 2); cmrc explain CMR751 says more',
    );
    assert.equal(values.at(-1)!.alerts.at(-1), { fold: 2, code: 'CMR990', message: 'what CMR990 says' });
  }));

test.run();
