import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/folder.ts';

const cmrc = resolve('cli/cmrc.js');
const spec = readFileSync('test/cli/train.txtar', 'utf8').split('-- tiny.cmrnet --\n')[1]!;
const begin = ['train', 'tiny.cmrnet', '--run', 'runs/a', '--fold', '1', '--backend', 'cpu'];

/** Coverage would need room too. */
const { NODE_V8_COVERAGE: _, ...env } = process.env;

function run(folder: string, command: string, ...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, env, encoding: 'utf8' });
  return { code: status, output: `${stdout}${stderr}` };
}

const test = suite('a disk without room');

test('for the next line of the journal: exit 3, the reason, and what is kept', () =>
  inFolder((folder) => {
    writeFileSync(join(folder, 'tiny.cmrnet'), spec);
    assert.is(run(folder, process.execPath, cmrc, ...begin).code, 0);
    // A device that has room for nothing.
    rmSync(join(folder, 'runs/a/events.jsonl'));
    symlinkSync('/dev/full', join(folder, 'runs/a/events.jsonl'));
    const more = run(folder, process.execPath, cmrc, 'train', '--resume', 'runs/a', '--epochs', '5');
    assert.is(more.code, 3, more.output);
    assert.match(more.output, /CMR917.*no space left to write/);
    assert.match(more.output, 'kept in runs/a: epoch 2 of fold 1');
    assert.equal(readdirSync(join(folder, 'runs/a/fold-1/checkpoints')), ['epoch-001', 'epoch-002']);
  }));

const ownDisk = 'mkdir disk && mount -t tmpfs -o size=2m tmpfs disk';

/** Tests that need a small disk of their own, and are skipped, which is counted, where this machine lets nobody have one. */
const onMachinesWithSmallDisks = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'cmrnet-test-'));
  const { status } = spawnSync('unshare', ['-rm', 'sh', '-c', ownDisk], { cwd: folder });
  rmSync(folder, { recursive: true, force: true });
  return status === 0 ? test : test.skip;
})();

/** What is said where a small disk of its own is filled, as `script` does it. */
async function onSmallDisk(folder: string, script: string): Promise<string> {
  const whole = [
    `${ownDisk} && cp tiny.cmrnet disk && cd disk || exit 77`,
    'fill() { dd if=/dev/zero of=fill bs=4k 2>/dev/null; }',
    'cmrc() { "$NODE" "$CMRC" "$@" 2>&1; }',
    script,
  ].join('\n');
  writeFileSync(join(folder, 'tiny.cmrnet'), spec);
  const child = spawn('unshare', ['-rm', 'sh', '-c', whole], {
    cwd: folder,
    env: { ...env, NODE: process.execPath, CMRC: cmrc },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  assert.is(code, 0, output);
  return output;
}

onMachinesWithSmallDisks(
  'for a checkpoint: exit 3, the reason, what is kept, and with room again it goes on',
  () =>
    inFolder(async (folder) => {
      const output = await onSmallDisk(
        folder,
        `cmrc ${begin.join(' ')} --epochs 500 > ../said & child=$!
       for wait in $(seq 600); do [ -d runs/a/fold-1/checkpoints/epoch-003 ] && break; sleep 0.1; done
       fill; wait $child; echo "ended with $?"; cat ../said; ls -A runs/a/fold-1/checkpoints
       rm fill; last=$(ls runs/a/fold-1/checkpoints | tail -1 | tr -dc 0-9 | sed 's/^0*//')
       cmrc train --resume runs/a --epochs $((last + 1)); echo "then with $?"`,
      );
      assert.match(output, 'ended with 3');
      assert.match(output, /CMR917.*no space left to write/);
      assert.match(output, /kept in runs\/a: epoch \d+ of fold 1/);
      assert.not.match(output, '.partial');
      assert.match(output, 'then with 0');
    }),
);

onMachinesWithSmallDisks('for the threads that read images: exit 3, the reason, and what is kept', () =>
  inFolder(async (folder) => {
    const output = await onSmallDisk(
      folder,
      `cmrc ${begin.join(' ')}; rm -r runs/.cache; fill
       cmrc train --resume runs/a --epochs 9; echo "ended with $?"; ls runs/a/fold-1/checkpoints`,
    );
    assert.match(output, 'ended with 3');
    assert.match(output, /CMR917.*no space left to write/);
    assert.match(output, /epoch-001\nepoch-002/);
    assert.not.match(output, 'internal error');
  }),
);

test.run();
