// The highest memory and the time of reading small files that claim to be large, each in a process of its own: `npm run bombs`.
import { rmSync, statSync } from 'node:fs';
import { bombs, refusal } from '../test/images/bombs.ts';
import { temporaryFolder } from '../test/images/samples.ts';

const folder = temporaryFolder();
try {
  console.log('| file | bytes | most memory, MB | seconds |\n| --- | --: | --: | --: |');
  for (const { name, make, reason } of bombs) {
    const path = await make(folder);
    const found = refusal(path, 600);
    const wrong = reason.test(found.reason) ? '' : ` (${found.reason})`;
    console.log(
      `| ${name}${wrong} | ${statSync(path).size} | ${found.megabytes.toFixed(0)} | ${found.seconds.toFixed(2)} |`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
