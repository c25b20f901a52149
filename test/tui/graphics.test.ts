import fc from 'fast-check';
import { decode } from 'fast-png';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawGraphics } from '../../cli/tui/drawing/graphics.ts';
import type { Pixels, Placement } from '../../cli/tui/drawing/pixels.ts';
import type { CaseImages } from '../../cli/tui/state/images.ts';
import { graphicsOf } from '../../cli/tui/theme/graphics.ts';
import { themeOf } from '../../cli/tui/theme/theme.ts';
import { graphicsOver } from '../../cli/tui/views/frame.ts';
import { packBytes, packMask } from '../../src/runtime/metrics/stored.ts';
import { recordedBrief, recordedFolder } from '../support/recorded-run.ts';
import { after, freshSession, pressing } from '../support/recorded-session.ts';

const test = suite('graphics');

test('terminals are known by what they say of themselves, and not inside of tmux', () => {
  assert.is(graphicsOf({ TERM: 'xterm-kitty' }), 'kitty');
  assert.is(graphicsOf({ TERM_PROGRAM: 'iTerm.app' }), 'iterm');
  assert.is(graphicsOf({ TERM: 'foot' }), 'sixel');
  assert.is(graphicsOf({ TERM: 'xterm-256color' }), null);
  assert.is(graphicsOf({ TERM: 'xterm-kitty', TMUX: '/tmp/tmux' }), null);
  assert.is(graphicsOf({ TERM: 'xterm-kitty', CMRC_TUI: 'blocks' }), null);
  assert.is(graphicsOf({ TERM: 'xterm', CMRC_TUI: 'light,sixel' }), 'sixel');
});

/** A picture as a terminal would show it: where it stands, over how many cells, and its pixels in red, green and blue. */
interface Shown extends Pixels {
  readonly row: number;
  readonly column: number;
  /** In cells; null where the terminal goes by pixels. */
  readonly cells: readonly [columns: number, rows: number] | null;
}

/**
 * What terminals make of the bytes that they are sent, written after the protocols' own descriptions (kitty's graphics
 * protocol, iTerm2's inline images, DEC's sixels) and knowing nothing of who wrote them. Bytes that are no sequence that
 * these have fail.
 */
function shownBy(bytes: string): readonly Shown[] {
  const shown: Shown[] = [];
  let [row, column] = [0, 0];
  let chunks = '';
  let keys = new Map<string, string>();
  // Control characters have no place in patterns.
  let rest = bytes.replaceAll('\u001b', '⎋').replaceAll('\u0007', '⍾');
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found !== null) rest = rest.slice(found[0].length);
    return found;
  };
  while (rest !== '') {
    const cursor = take(/^⎋\[(\d+);(\d+)H/);
    if (cursor !== null) {
      [row, column] = [Number(cursor[1]) - 1, Number(cursor[2]) - 1];
      continue;
    }
    const kitty = take(/^⎋_G([^;⎋]*)(?:;([A-Za-z0-9+/=]*))?⎋\\/);
    if (kitty !== null) {
      const given = new Map(kitty[1]!.split(',').map((pair) => pair.split('=') as [string, string]));
      if (given.get('a') === 'd') {
        shown.length = 0;
        continue;
      }
      assert.ok((kitty[2] ?? '').length <= 4096, 'a chunk is no longer than 4096 bytes');
      keys = chunks === '' ? given : keys;
      chunks += kitty[2];
      if (given.get('m') === '1') {
        assert.is(kitty[2]!.length % 4, 0, 'chunks but the last are whole groups of base64');
        continue;
      }
      assert.equal([keys.get('a'), keys.get('f')], ['T', '100']);
      shown.push({ row, column, cells: [Number(keys.get('c')), Number(keys.get('r'))], ...png(chunks) });
      chunks = '';
      continue;
    }
    const iterm = take(/^⎋\]1337;File=([^:]*):([A-Za-z0-9+/=]*)⍾/);
    if (iterm !== null) {
      const given = new Map(iterm[1]!.split(';').map((pair) => pair.split('=') as [string, string]));
      assert.is(given.get('inline'), '1');
      const cells = [Number(given.get('width')), Number(given.get('height'))] as const;
      shown.push({ row, column, cells, ...png(iterm[2]!) });
      continue;
    }
    const sixels = take(/^⎋P[\d;]*q([^⎋]*)⎋\\/);
    if (sixels === null) throw new Error(`no terminal knows ${JSON.stringify(rest.slice(0, 40))}`);
    shown.push({ row, column, cells: null, ...readSixels(sixels[1]!) });
  }
  return shown;
}

function png(base64: string): Pixels {
  const { width, height, data, channels, depth } = decode(Buffer.from(base64, 'base64'));
  assert.equal([channels, depth], [3, 8]);
  return { width, height, data: Uint8Array.from(data) };
}

/** Sixels as a terminal with 256 registers paints them; every pixel has to be painted, and none twice. */
function readSixels(text: string): Pixels {
  const raster = /^"1;1;(\d+);(\d+)/.exec(text)!;
  const [width, height] = [Number(raster[1]), Number(raster[2])];
  const data = new Uint8Array(3 * width * height);
  const painted = new Uint8Array(width * height);
  const registers = new Map<number, readonly number[]>();
  let [x, top, register] = [0, 0, 0];
  for (let at = raster[0].length; at < text.length; ) {
    const number = () => {
      const digits = /^\d+/.exec(text.slice(at, at + 8))![0];
      at += digits.length;
      return Number(digits);
    };
    const mark = text[at]!;
    at += 1;
    if (mark === '$') x = 0;
    else if (mark === '-') [x, top] = [0, top + 6];
    else if (mark === '#') {
      register = number();
      assert.ok(register < 256, 'terminals have 256 registers');
      if (text[at] !== ';') continue;
      const values: number[] = [];
      while (text[at] === ';') {
        at += 1;
        values.push(number());
      }
      assert.is(values[0], 2, 'colours are red, green and blue');
      registers.set(
        register,
        values.slice(1).map((percent) => Math.round((percent / 100) * 255)),
      );
    } else {
      const times = mark === '!' ? number() : 1;
      const character = mark === '!' ? text[at++]! : mark;
      const bits = character.charCodeAt(0) - 63;
      assert.ok(bits >= 0 && bits < 64, `${character} is a sixel`);
      for (let end = x + times; x < end; x += 1) {
        for (let bit = 0; bit < 6; bit += 1) {
          if (((bits >> bit) & 1) === 0) continue;
          const pixel = (top + bit) * width + x;
          if (x >= width || top + bit >= height || painted[pixel] !== 0)
            throw new Error('outside of the raster, or painted twice');
          painted[pixel] = 1;
          data.set(registers.get(register)!, 3 * pixel);
        }
      }
    }
  }
  assert.ok(
    painted.every((times) => times === 1),
    'every pixel is painted',
  );
  return { width, height, data };
}

/** Any picture: of noise, which compresses into many chunks and has too many colours, or of a few colours. */
const pictures = fc
  .record({
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 70 }),
    colours: fc.integer({ min: 1, max: 400 }),
    seed: fc.integer(),
  })
  .map(({ width, height, colours, seed }): Pixels => {
    let state = seed | 1;
    const random = () => {
      state = (Math.imul(state, 1103515245) + 12345) | 0;
      return (state >>> 16) & 255;
    };
    const palette = Array.from({ length: colours }, () => [random(), random(), random()]);
    const pixels = Array.from(
      { length: width * height },
      () => palette[(random() * 256 + random()) % colours]!,
    );
    return { width, height, data: Uint8Array.from(pixels.flat()) };
  });
const placements = fc.record({
  row: fc.integer({ min: 0, max: 40 }),
  column: fc.integer({ min: 0, max: 120 }),
  columns: fc.integer({ min: 1, max: 12 }),
  rows: fc.integer({ min: 1, max: 6 }),
  picture: pictures,
});

/** Random pictures, others in every run. */
function forPlacements(runs: number, check: (given: readonly Placement[]) => void): void {
  fc.assert(fc.property(fc.array(placements, { maxLength: 3 }), check), { numRuns: runs });
}

for (const graphics of ['kitty', 'iterm'] as const) {
  test(`${graphics} shows every picture as it is, where it belongs`, () =>
    forPlacements(25, (given) => {
      const before: Placement = { ...given[0]!, picture: { width: 1, height: 1, data: new Uint8Array(3) } };
      // What kitty was shown before stays until it is taken away.
      const old = graphics === 'kitty' && given.length > 0 ? drawGraphics(graphics, [before]) : '';
      assert.equal(
        shownBy(old + drawGraphics(graphics, given)),
        given.map(({ row, column, columns, rows, picture }) => ({
          row,
          column,
          cells: [columns, rows],
          ...picture,
        })),
      );
    }));
}

test('sixels show every picture, as large as its cells allow, in 256 colours that are near', () =>
  forPlacements(8, (given) => {
    const shown = shownBy(drawGraphics('sixel', given));
    assert.is(shown.length, given.length);
    for (const [index, { row, column, columns, rows, picture }] of given.entries()) {
      const one = shown[index]!;
      assert.equal([one.row, one.column], [row, column]);
      const scale = Math.min((10 * columns) / picture.width, (20 * rows) / picture.height);
      assert.equal(
        [one.width, one.height],
        [picture.width, picture.height].map((side) => Math.max(1, Math.floor(side * scale))),
      );
      const colours = new Set(
        Array.from({ length: picture.width * picture.height }, (_, pixel) =>
          picture.data.slice(3 * pixel, 3 * pixel + 3).join(' '),
        ),
      );
      // 21 steps of each channel where those are few enough, and percents of their own; fewer steps where they are not.
      const near = colours.size <= 256 ? 255 / 40 + 2 : 255 / 2 + 2;
      for (let y = 0; y < one.height; y += 1) {
        for (let x = 0; x < one.width; x += 1) {
          const from =
            Math.min(picture.height - 1, Math.floor(y / scale)) * picture.width +
            Math.min(picture.width - 1, Math.floor(x / scale));
          for (let channel = 0; channel < 3; channel += 1) {
            const distance = Math.abs(
              one.data[3 * (y * one.width + x) + channel]! - picture.data[3 * from + channel]!,
            );
            if (distance > near) throw new Error(`${distance} of 255 at ${x}, ${y}`);
          }
        }
      }
    }
  }));

test('nothing to show takes away what kitty shows, and is nothing to others', () => {
  const black: Placement = {
    row: 0,
    column: 0,
    columns: 1,
    rows: 1,
    picture: { width: 1, height: 1, data: new Uint8Array(3) },
  };
  assert.equal(shownBy(drawGraphics('kitty', [black]) + drawGraphics('kitty', [])), []);
  assert.is(drawGraphics('iterm', []) + drawGraphics('sixel', []), '');
});

test('the view of images sends input, truth, prediction and errors in the colours of its legend', () => {
  const look = { depth: 24, graphics: 'kitty' } as const;
  const [height, width] = [23, 31];
  const random = () => Uint8Array.from({ length: height * width }, () => Math.floor(256 * Math.random()));
  const [grey, truth, prediction] = [
    random(),
    random().map((one) => one & 1),
    random().map((one) => one & 1),
  ];
  const one: CaseImages = {
    kind: 'case',
    id: 'p001-mid',
    patient: 'p001',
    fold: 1,
    dice: 0.5,
    structures: {},
    height,
    width,
    grey: packBytes(grey!),
    truth: [packMask(truth!)],
    predicted: [packMask(prediction!)],
  };
  const session = pressing(
    after(
      freshSession({ columns: 120, rows: 40, look }),
      { kind: 'opened', folder: recordedFolder, brief: recordedBrief },
      { kind: 'key', key: '4' },
      { kind: 'cases', folder: recordedFolder, cases: [one] },
    ),
    'z',
  );
  const shown = shownBy(graphicsOver(session));
  const { light } = themeOf(look);
  const expected = [
    [new Uint8Array(truth.length), new Uint8Array(truth.length)],
    [truth, truth],
    [prediction, prediction],
    [truth, prediction],
  ].map(([real, guess]) =>
    Array.from(grey!).flatMap((base, pixel) => {
      const verdict = real![pixel] ? (guess![pixel] ? 'correct' : 'missed') : guess![pixel] ? 'false' : null;
      return [0, 1, 2].map((channel) =>
        verdict === null ? base : Math.round(0.3 * base + 0.7 * light(verdict)[channel]!),
      );
    }),
  );
  assert.is(shown.length, 4);
  for (const [index, picture] of shown.entries()) {
    assert.equal([picture.height, picture.width], [height, width]);
    assert.equal([...picture.data], expected[index]);
  }
  assert.is(shownBy(graphicsOver(pressing(session, '?'))).length, 0, 'help covers them');
});

test.run();
