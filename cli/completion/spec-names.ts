import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Candidate } from './candidate.ts';

/** The words that open declarations which options name. */
export type DeclarationWord = 'network' | 'block' | 'experiment' | 'variant' | 'sweep' | 'compare';

/**
 * What the specs among these arguments declare. A look at the first words of lines is enough and takes no time, also while
 * the spec is full of mistakes; the compiler takes a quarter of a second. So cells of sweeps are not among them.
 */
export function declaredIn(
  given: readonly string[],
  words: readonly DeclarationWord[],
): readonly Candidate[] {
  const declaration = new RegExp(`^[ \\t]*(${words.join('|')})[ \\t]+([A-Za-z_]\\w*)`, 'gm');
  return given
    .filter((path) => path.endsWith('.cmrnet'))
    .flatMap((path) => [...textOf(path).matchAll(declaration)])
    .map(([, word, name]) => ({ value: name!, description: word! }));
}

/** The specs among these arguments, and the files that they import. */
export function withImports(given: readonly string[]): readonly string[] {
  return given
    .filter((path) => path.endsWith('.cmrnet'))
    .flatMap((path) => {
      const imports = textOf(path).matchAll(/^import\b[^"]*"([^"]+)"/gm);
      return [path, ...[...imports].map(([, file]) => join(dirname(path), file!))];
    });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
