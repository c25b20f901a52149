import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as assert from 'uvu/assert';

/**
 * Compares a text with a golden file. With `UPDATE_GOLDEN=1` the file is written instead (`npm run bless`);
 * read the difference before you commit it.
 */
export function matchesGolden(path: string, actual: string): void {
  const text = actual.endsWith('\n') ? actual : `${actual}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.ok(existsSync(path), `no golden file ${path}; write it with \`npm run bless\``);
  assert.fixture(
    text,
    readFileSync(path, 'utf8'),
    `differs from ${path}; if that is meant, run \`npm run bless\``,
  );
}
