import { rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bombs, refusal } from './bombs.ts';
import { temporaryFolder } from './samples.ts';

/** Small files that claim to be large are refused within bounded memory and time, each in a process of its own. */
const test = suite('files that unpack to much more');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

for (const { name, make, reason, megabytes } of bombs) {
  test(name, async () => {
    const found = refusal(await make(root));
    assert.match(found.reason, reason);
    assert.ok(found.megabytes < megabytes, `${found.megabytes} MB`);
    assert.ok(found.seconds < 30, `${found.seconds} s`);
  });
}

test.run();
