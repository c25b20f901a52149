import { readFileSync, writeFileSync } from 'node:fs';

/** A mistake with what people see of it. */
export interface ErrorCase {
  readonly title: string;
  readonly source: string;
  readonly errors: string;
}

/**
 * The cases of a file in `test/errors`: `===== what it is about`, `----- source`, `----- errors`.
 * With `UPDATE_GOLDEN=1` the errors are written anew; read the difference before you commit it.
 */
export function errorCases(path: string, render: (source: string) => string): readonly ErrorCase[] {
  const cases = readFileSync(path, 'utf8')
    .split(/^===== /m)
    .slice(1)
    .map((part) => {
      const [head = '', errors = ''] = part.split('----- errors\n');
      const [title = '', source = ''] = head.split('\n----- source\n');
      return { title, source, errors };
    });
  if (process.env['UPDATE_GOLDEN'] !== '1') return cases;
  const blessed = cases.map((item) => ({ ...item, errors: render(item.source) }));
  const parts = blessed.map(
    ({ title, source, errors }) => `===== ${title}\n----- source\n${source}----- errors\n${errors}`,
  );
  writeFileSync(path, parts.join(''));
  return blessed;
}
