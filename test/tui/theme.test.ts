import { WriteStream } from 'node:tty';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { roles } from '../../cli/tui/theme/colours.ts';
import { indexed } from '../../cli/tui/theme/indexed.ts';
import { depthOf } from '../../cli/tui/theme/look.ts';
import { themeOf } from '../../cli/tui/theme/theme.ts';

type Colour = readonly number[];

/** The relative luminance of a colour, by WCAG 2. */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: Colour, other: Colour): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

/** The grounds of common terminals: plain ones, grey ones, and Solarized's. */
const grounds = {
  dark: [
    [0, 0, 0],
    [30, 30, 30],
  ],
  light: [
    [255, 255, 255],
    [253, 246, 227],
  ],
} as const;

const test = suite('colours');

for (const ground of ['dark', 'light'] as const) {
  for (const masks of ['paper', 'safe'] as const) {
    test(`text can be read on a ${ground} ground with the ${masks} mask colours; frames are seen`, () => {
      const theme = themeOf({ ground, masks, depth: 24 });
      for (const role of roles) {
        const painted = [...theme.paint(role, 'x').matchAll(/([34])8;2;(\d+);(\d+);(\d+)/g)];
        const colourOf = (layer: string) =>
          painted
            .find((match) => match[1] === layer)
            ?.slice(2)
            .map(Number);
        const front = colourOf('3');
        if (front === undefined) continue;
        const own = colourOf('4');
        for (const back of own === undefined ? grounds[ground] : [own]) {
          const found = contrast(front, back);
          assert.ok(found >= (role === 'frame' ? 3 : 4.5), `${role} on ${back}: ${found.toFixed(2)}`);
        }
      }
    });
  }
}

/** A stream that counts colours as Node does for any terminal. */
const terminal = {
  getColorDepth: (environment?: object) =>
    WriteStream.prototype.getColorDepth.call(WriteStream.prototype, environment),
};

test('inside of tmux and screen colours are as many as COLORTERM or the name of the terminal says', () => {
  const tmux = { TMUX: '/tmp/tmux-0/default,1,0' };
  assert.is(depthOf(terminal, { ...tmux, TERM: 'tmux-256color', COLORTERM: 'truecolor' }), 24);
  assert.is(depthOf(terminal, { ...tmux, TERM: 'screen-256color' }), 8);
  // Over ssh from a tmux on the other side, and in screen.
  assert.is(depthOf(terminal, { TERM: 'tmux-256color' }), 8);
  assert.is(depthOf(terminal, { TERM: 'screen-256color', STY: '1.pts' }), 8);
  assert.is(depthOf(terminal, { TERM: 'screen' }), 4);
});

test('who wants no colours gets none, whatever the terminal can', () => {
  assert.is(depthOf(terminal, { TERM: 'dumb', COLORTERM: 'truecolor' }), 1);
  assert.is(depthOf(terminal, { NO_COLOR: '1', TERM: 'xterm-256color', COLORTERM: '24bit' }), 1);
});

/** Colours 16 to 255 as xterm mixes them. */
const palette = Array.from({ length: 240 }, (_, index): Colour => {
  if (index >= 216) return Array<number>(3).fill(8 + 10 * (index - 216));
  const level = (part: number) => (part === 0 ? 0 : 55 + 40 * part);
  return [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map(level);
});

function distance(one: Colour, other: Colour): number {
  return one.reduce((sum, value, channel) => sum + (value - other[channel]!) ** 2, 0);
}

test('of 256 colours the nearest is taken: a ramp of greys uses all 24 of them', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, (...rgb) => {
      const nearest = Math.min(...palette.map((colour) => distance(rgb, colour)));
      assert.is(distance(rgb, palette[indexed(rgb) - 16]!), nearest);
    }),
  );
  const greys = Array.from({ length: 256 }, (_, level) => indexed([level, level, level]));
  assert.ok(new Set(greys.filter((code) => code >= 232)).size === 24);
});

test.run();
