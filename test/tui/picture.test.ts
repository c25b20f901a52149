import { stripVTControlCharacters } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { themeOf } from '../../cli/tui/theme/theme.ts';
import { picture } from '../../cli/tui/widgets/picture.ts';
import { pixelCounts } from '../../cli/tui/widgets/planes.ts';
import { recordedPreview } from '../support/recorded-run.ts';

const esc = '\u001b';
const size = { width: 24, height: 10 };
const test = suite('picture');

test('without colour letters say what is correct, missed and false', () => {
  const rows = picture(themeOf(1), recordedPreview(), { ...size, zoom: true, overlay: 'letters' });
  const text = rows.join('\n');
  for (const letter of ['#', '-', '+']) assert.ok(text.includes(letter), `no ${letter} in\n${text}`);
  assert.not.ok(text.includes(esc));
  // The prediction lies to the right: what is missed is on the left side, what is false on the right.
  const middle = rows[Math.floor(rows.length / 2)]!;
  assert.ok(middle.indexOf('-') < middle.indexOf('#') && middle.lastIndexOf('+') > middle.lastIndexOf('#'));
});

test('with colours a character is two pixels', () => {
  const rows = picture(themeOf(24), recordedPreview(), { ...size, zoom: false, overlay: 'colours' });
  assert.match(rows[0]!.replaceAll(esc, '⎋'), /⎋\[38;2;\d+;\d+;\d+;48;2;\d+;\d+;\d+m▀/);
  for (const row of rows) assert.is([...stripVTControlCharacters(row)].length, size.width);
});

test('256 colours do where there is no truecolour', () => {
  const rows = picture(themeOf(8), recordedPreview(), { ...size, zoom: false, overlay: 'colours' });
  assert.match(rows[0]!.replaceAll(esc, '⎋'), /⎋\[38;5;\d+;48;5;\d+m▀/);
});

test('zooming in makes the heart larger', () => {
  const marked = (zoom: boolean) =>
    picture(themeOf(1), recordedPreview(), { ...size, zoom, overlay: 'letters' })
      .join('')
      .replace(/[^#]/g, '').length;
  assert.ok(marked(true) > 1.5 * marked(false), `${marked(true)} against ${marked(false)}`);
});

test('the overlay can be taken away', () => {
  const rows = picture(themeOf(1), recordedPreview(), { ...size, zoom: true, overlay: 'none' });
  assert.not.match(rows.join(''), /[#+-]/);
});

test('an image with empty masks is shown whole', () => {
  const preview = recordedPreview();
  const empty = Buffer.alloc(preview.height * preview.width).toString('base64');
  const nothing = { ...preview, truth: empty, prediction: empty };
  const options = { ...size, overlay: 'letters' } as const;
  assert.equal(
    picture(themeOf(1), nothing, { ...options, zoom: true }),
    picture(themeOf(1), nothing, { ...options, zoom: false }),
  );
});

test('pixels are counted at the size of the network', () => {
  const counts = pixelCounts(recordedPreview());
  assert.is(counts.missed, counts.false, 'a shifted mask misses as many pixels as it adds');
  assert.ok(counts.correct > counts.missed);
});

test('a damaged picture is told, not thrown', () => {
  const rows = picture(
    themeOf(1),
    { ...recordedPreview(), grey: 'AAAA' },
    { ...size, zoom: true, overlay: 'letters' },
  );
  assert.match(rows.join(''), /damaged/);
});

test.run();
