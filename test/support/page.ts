import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { matches, outcome, stepsOf, withWildcards } from './script.ts';

/** Milliseconds that a command may take: some train. */
const slowest = 600_000;

/** A fenced block of Markdown: its language, the file that it is, and its text. */
const block = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

/**
 * Runs a page as a reader would, from top to bottom in one folder: a block with a file name behind its language is written
 * to that file; a `console` block is commands with what they print. Numbers may differ, for engines round differently and
 * machines take their own time; `[..]` and `...` stand for more, as in a script. With `UPDATE_GOLDEN=1` what does not match
 * is written anew.
 * @param work a {@link workFolder}, with what earlier pages left there
 */
export function runPage(path: string, work: string): void {
  const page = readFileSync(path, 'utf8');
  const renewed = page.replace(block, (whole, language: string, file: string | undefined, text: string) => {
    if (file !== undefined) {
      mkdirSync(dirname(join(work, file)), { recursive: true });
      writeFileSync(join(work, file), text);
    }
    return language === 'console' ? `\`\`\`console\n${renewedSteps(text, work, path)}\`\`\`` : whole;
  });
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, renewed);
}

function renewedSteps(text: string, work: string, path: string): string {
  return stepsOf(text)
    .map(({ command, expected }) => {
      const actual = outcome(command, work, slowest);
      const same = matches(withoutNumbers(expected), withoutNumbers(actual));
      if (!same && process.env['UPDATE_GOLDEN'] !== '1')
        assert.fixture(actual, expected, `$ ${command}  (in ${path})`);
      const shown = same ? expected : withWildcards(expected, actual);
      return `$ ${command}\n${shown === '' ? '' : `${shown}\n`}`;
    })
    .join('\n');
}

/** A text whose names of trials, times and numbers are all alike, and its gaps, which are as wide as they need. */
function withoutNumbers(text: string): string {
  return text
    .replace(/trial-[0-9a-f]+/g, 'trial')
    .replace(/\d[\d.,]* (?:ms|s|min|h|KB|MB|GB)\b/g, '0 units')
    .replace(/[-−]?\d+(?:[.,]\d+)*(?:e[+-]\d+)?/g, '0')
    .replace(/0 units(?: 0 units)+/g, '0 units')
    .replace(/ {2,}/g, ' ');
}
