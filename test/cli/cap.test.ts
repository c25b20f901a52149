import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cappedFindings } from '../../cli/output/report.ts';
import { diagnostic } from '../../src/compiler/index.ts';

const test = suite('what is shown of many findings');

const at = { file: 'a.yaml', start: 0, end: 1 };
const missing = (id: number) =>
  diagnostic('missingImage', { at, arguments: { role: 'image', id: String(id) } });

test('of each code the first twenty, and a line for the others', () => {
  const full = diagnostic('diskFull', { at, arguments: { path: 'runs' } });
  const { shown, more } = cappedFindings([...Array.from({ length: 25 }, (_, id) => missing(id)), full]);
  assert.is(shown.length, 21);
  assert.equal(more, ['and 5 more of CMR810 (`--format json` lists all)\n']);
});

test('what JSON lists is not called all where it ends as well', () => {
  const more = diagnostic('tooManyMistakes', { at, arguments: { count: 9 } });
  const all = cappedFindings([...Array.from({ length: 25 }, (_, id) => missing(id)), more]);
  assert.equal(all.more, ['and 5 more of CMR810 (`--format json` lists the first of them)\n']);
});

test('few findings are all shown', () => {
  const { shown, more } = cappedFindings([missing(1), missing(2)]);
  assert.is(shown.length, 2);
  assert.equal(more, []);
});

test.run();
