import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { png, write } from '../images/samples.ts';
import { inFolder } from '../support/folder.ts';

const test = suite('cmrc init --for');

function cmrc(folder: string, ...words: readonly string[]) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const options = { cwd: folder, encoding: 'utf8', env, timeout: 120_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('cli/cmrc.js'), ...words], options);
  return { status, text: stdout + stderr };
}

/** Images of two slices a patient: a ring around a disc, of two classes, with spacings that differ. */
function writeImages(folder: string): void {
  const rows: string[] = [];
  for (let patient = 1; patient <= 10; patient += 1) {
    for (const slice of [0, 1]) {
      const name = `p${patient}-${slice}`;
      const distance = (row: number, column: number) => Math.hypot(row - 16, column - 14 - (patient % 5));
      const value = (row: number, column: number) =>
        distance(row, column) < 5 ? 2 : distance(row, column) < 8 ? 1 : 0;
      const grey = (row: number, column: number) => 40 + 80 * value(row, column) + ((row * column) % 7);
      write(folder, `data/${name}.png`, png(36, 32, grey));
      write(folder, `data/${name}-mask.png`, png(36, 32, value));
      const spacing = patient % 2 === 0 ? '[1.5, 1.5]' : '[1, 1]';
      rows.push(
        `  - { id: ${name}, patient: p${patient}, image: ${name}.png, mask: ${name}-mask.png, label: ${patient > 5 ? 'ill' : 'well'}, spacing: ${spacing} }`,
      );
    }
  }
  write(folder, 'data/hearts.yaml', `version: 1\nimages:\n${rows.join('\n')}\n`);
}

test('writes a spec that checks without a word, is in canonical form, and trains', () =>
  inFolder((folder) => {
    writeImages(folder);
    const made = cmrc(folder, 'init', '--for', 'data/hearts.yaml', 'specs');
    assert.is(made.status, 0, made.text);
    assert.match(made.text, 'wrote specs/hearts.cmrnet');
    const spec = readFileSync(join(folder, 'specs/hearts.cmrnet'), 'utf8');
    for (const line of [
      'manifest  = "../data/hearts.yaml"',
      'classes   = ["ill", "well"]',
      'structure_2 = 2',
      'fit       = [resample(1.5), center(40, 32)]',
    ]) {
      assert.ok(spec.includes(line), `no ${line} in\n${spec}`);
    }
    const checked = cmrc(folder, 'check', '--strict', 'specs/hearts.cmrnet');
    assert.is(checked.status, 0, checked.text);
    assert.is(cmrc(folder, 'fmt', '--check', 'specs/hearts.cmrnet').status, 0);
    const data = cmrc(folder, 'data', 'check', 'specs/hearts.cmrnet');
    assert.is(data.status, 0, data.text);
    const trained = cmrc(folder, 'train', 'specs/hearts.cmrnet', '--epochs', '1', '--plain');
    assert.is(trained.status, 0, trained.text);
    assert.match(trained.text, 'finished');
  }));

test('structures are named as the manifest names them, and every channel of the images is an input', () =>
  inFolder((folder) => {
    const grey = (row: number, column: number) => 10 + ((row * column) % 7);
    const ring = (row: number, column: number) => (Math.hypot(row - 16, column - 16) < 8 ? 3 : 0);
    const rows = Array.from({ length: 8 }, (_, patient) => {
      write(folder, `${patient}a.png`, png(32, 32, grey));
      write(
        folder,
        `${patient}b.png`,
        png(32, 32, (row, column) => grey(column, row) + patient),
      );
      write(folder, `${patient}m.png`, png(32, 32, ring));
      return `  - { id: i${patient}, patient: p${patient}, image: [${patient}a.png, ${patient}b.png], mask: ${patient}m.png }`;
    });
    const said = 'structures: { right_ventricle: 1, left_ventricle: 3 }';
    writeFileSync(join(folder, 'two.yaml'), ['version: 1', said, 'images:', ...rows, ''].join('\n'));
    const made = cmrc(folder, 'init', '--for', 'two.yaml');
    assert.is(made.status, 0, made.text);
    const spec = readFileSync(join(folder, 'two.cmrnet'), 'utf8');
    for (const line of ['left_ventricle = 3', 'channels  = 2', 'input image: [32, 32, 2]'])
      assert.ok(spec.includes(line), `no ${line} in\n${spec}`);
    assert.not.ok(spec.includes('Name what these mask values are'), spec);
    const checked = cmrc(folder, 'data', 'check', 'two.cmrnet');
    assert.is(checked.status, 0, checked.text);

    writeFileSync(join(folder, 'other.cmrnet'), spec.replace('left_ventricle = 3', 'right_ventricle = 3'));
    const other = cmrc(folder, 'data', 'check', 'other.cmrnet');
    assert.match(other.text, 'warning[CMR826]: the manifest says that `right_ventricle` is 1 in masks');
    assert.match(other.text, '3 is `left_ventricle` in the manifest');
  }));

test('replaces no spec, and says so of a manifest without masks', () =>
  inFolder((folder) => {
    write(
      folder,
      'a.png',
      png(32, 32, (row) => row),
    );
    writeFileSync(
      join(folder, 'bare.yaml'),
      'version: 1\nimages:\n  - { id: a, patient: p, image: a.png }\n',
    );
    const bare = cmrc(folder, 'init', '--for', 'bare.yaml');
    assert.equal([bare.status, bare.text.includes('error[CMR804]: `bare.yaml` has no masks')], [1, true]);
    writeFileSync(join(folder, 'bare.cmrnet'), 'mine');
    const there = cmrc(folder, 'init', '--for', 'bare.yaml');
    assert.equal([there.status, there.text.includes('error[CMR923]')], [2, true]);
    assert.is(readFileSync(join(folder, 'bare.cmrnet'), 'utf8'), 'mine');
    const gone = cmrc(folder, 'init', '--for', 'gone.yaml');
    assert.equal([gone.status, gone.text.includes('error[CMR920]')], [3, true]);
  }));

test.run();
