import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { conclude } from '../../cli/commands/training/conclusion.ts';
import { exit } from '../../cli/output/exit.ts';
import type { Output } from '../../cli/output/output.ts';
import { Bag, type Diagnostic } from '../../src/compiler/index.ts';
import { openRun } from '../../src/runtime/index.ts';
import { inFolder } from '../support/folder.ts';
import { recordRuns } from '../support/recorded-runs.ts';

const test = suite('a run that was moved while it trained');

test('is no success: who watched is told that its folder is gone', () =>
  inFolder((root) => {
    recordRuns(root);
    const run = openRun(join(root, 'Demo-20210225-120000'), new Bag())!;
    const printed: string[] = [];
    const values: unknown[] = [];
    const output: Output = {
      format: 'json',
      color: false,
      errorColor: false,
      width: 80,
      print: (line) => printed.push(line),
      value: (value) => values.push(value),
      say: (line) => printed.push(line),
    };
    assert.is(conclude(output, run, 0), exit.fine);
    values.splice(0);
    renameSync(run.folder, join(root, 'elsewhere'));
    const code = conclude(output, run, 0);
    assert.is(code, exit.environment);
    const [{ diagnostics }] = values as [{ diagnostics: readonly Diagnostic[] }];
    assert.equal(
      diagnostics.map((one) => one.code),
      ['CMR910'],
    );
  }));

test.run();
