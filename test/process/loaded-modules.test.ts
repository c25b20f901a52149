import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/folder.ts';

const spec = readFileSync('test/cli/train.txtar', 'utf8').split('-- tiny.cmrnet --\n')[1]!;

/** The files that the processes and threads of a training have loaded, as the JavaScript engine itself lists them. */
function filesLoaded(backend: string): Promise<readonly string[]> {
  return inFolder((folder) => {
    writeFileSync(join(folder, 'tiny.cmrnet'), spec);
    const coverage = join(folder, 'coverage');
    const words = ['train', 'tiny.cmrnet', '--fold', '1', '--epochs', '1', '--backend', backend];
    const { status, stderr } = spawnSync(process.execPath, [resolve('cli/cmrc.js'), ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
    });
    assert.is(status, 0, stderr);
    return readdirSync(coverage).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as {
        readonly result: readonly { readonly url: string }[];
      };
      return result.map(({ url }) => url);
    });
  });
}

const modules = suite('modules that training loads');

modules('are none of TensorFlow.js where ONNX Runtime trains', async () => {
  const files = await filesLoaded('onnx');
  assert.ok(files.some((file) => file.includes('onnxruntime-node')));
  assert.equal(
    files.filter((file) => file.includes('@tensorflow')),
    [],
  );
});

modules('are none of ONNX Runtime where wasm trains', async () => {
  const files = await filesLoaded('wasm');
  assert.ok(files.some((file) => file.includes('tfjs-backend-wasm')));
  assert.equal(
    files.filter((file) => file.includes('onnxruntime-node')),
    [],
  );
});

modules.run();
