import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { binariesModule } from '../../src/runtime/kernels/generate.ts';

const binaries = suite('the compiled kernels');

binaries('are what their sources compile to, byte for byte', async () => {
  const here = readFileSync(new URL('../../src/runtime/kernels/binaries.ts', import.meta.url), 'utf8');
  assert.ok(here === (await binariesModule()), 'run `npm run generate`');
});

binaries.run();
