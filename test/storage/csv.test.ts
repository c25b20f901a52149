import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csvText } from '../../src/runtime/storage/csv.ts';

const test = suite('comma-separated values');

test('cells are quoted where they must be, and what is not there is empty', () => {
  assert.is(
    csvText([
      ['a', 'b, c', 'say "x"', 'two\nlines'],
      [1, null, undefined, ''],
    ]),
    ['a,"b, c","say ""x""","two\nlines"', '1,,,', ''].join('\n'),
  );
});

test('a text that a spreadsheet would compute is quoted, a number is not', () => {
  const cells = (...row: (string | number)[]) => csvText([row]).trimEnd();
  assert.is(cells('=1+2', '+cmd', '@SUM(A1)', '-x'), "'=1+2,'+cmd,'@SUM(A1),'-x");
  assert.is(cells('\t=1', '=HYPERLINK("http://x","y")'), '\'\t=1,"\'=HYPERLINK(""http://x"",""y"")"');
  assert.is(cells(-1.5, '-1.5', '+2e-7', '-.5', 'a=b'), '-1.5,-1.5,+2e-7,-.5,a=b');
});

test.run();
