import { decode } from 'fast-png';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawGraphics, graphicsOf, type Pixels } from '../../cli/tui/graphics.ts';

const test = suite('graphics');

const picture: Pixels = {
  height: 2,
  width: 3,
  data: Uint8Array.from([255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255]),
};
const placement = { row: 4, column: 9, columns: 6, rows: 2, picture };
const visible = (text: string) => text.replaceAll('\u001b', '⎋');

test('terminals are known by what they say of themselves, and not inside of tmux', () => {
  assert.is(graphicsOf({ TERM: 'xterm-kitty' }), 'kitty');
  assert.is(graphicsOf({ TERM_PROGRAM: 'iTerm.app' }), 'iterm');
  assert.is(graphicsOf({ TERM: 'foot' }), 'sixel');
  assert.is(graphicsOf({ TERM: 'xterm-256color' }), null);
  assert.is(graphicsOf({ TERM: 'xterm-kitty', TMUX: '/tmp/tmux' }), null);
  assert.is(graphicsOf({ TERM: 'xterm-kitty', CMRC_TUI: 'blocks' }), null);
  assert.is(graphicsOf({ TERM: 'xterm', CMRC_TUI: 'light,sixel' }), 'sixel');
});

test('kitty gets the PNG itself, after what was there is taken away', () => {
  const text = visible(drawGraphics('kitty', [placement]));
  assert.match(text, /^⎋_Ga=d,d=A,q=2⎋\\⎋\[5;10H⎋_Ga=T,f=100,q=2,C=1,c=6,r=2,m=0;/);
  const png = decode(Buffer.from(/m=0;([^⎋]+)/.exec(text)![1]!, 'base64'));
  assert.equal([png.width, png.height], [3, 2]);
  assert.equal(Uint8Array.from(png.data), picture.data);
  assert.ok(drawGraphics('kitty', []).length > 0, 'nothing to show takes away what was shown');
});

test('iTerm gets it with its size in cells', () => {
  assert.match(
    visible(drawGraphics('iterm', [placement])),
    /⎋\]1337;File=inline=1;width=6;height=2;preserveAspectRatio=1:/,
  );
  assert.is(drawGraphics('iterm', []), '');
});

/** The colours of sixels, read back by the rules of the DEC manual. */
function readSixels(text: string): string[][] {
  const [, width, height, body] = /"1;1;(\d+);(\d+)(.*)⎋\\$/s.exec(text)!;
  const palette = new Map<number, string>();
  const rows = Array.from({ length: Number(height) }, () => Array<string>(Number(width)).fill('none'));
  let [x, top, colour] = [0, 0, 0];
  for (const [, hash, repeat, character] of body!.matchAll(/#(\d+(?:;\d+)*)|!?(\d*)([?-~$-])/g)) {
    if (hash !== undefined) {
      const [index, , ...percent] = hash.split(';').map(Number);
      if (percent.length > 0) palette.set(index!, percent.join(' '));
      colour = index!;
    } else if (character === '$') x = 0;
    else if (character === '-') [x, top] = [0, top + 6];
    else {
      const bits = character!.charCodeAt(0) - 63;
      for (let times = Number(repeat || 1); times > 0; times -= 1, x += 1) {
        for (let bit = 0; bit < 6; bit += 1)
          if ((bits >> bit) & 1) rows[top + bit]![x] = palette.get(colour)!;
      }
    }
  }
  return rows;
}

test('sixels are red above and blue below, every pixel once', () => {
  const rows = readSixels(visible(drawGraphics('sixel', [placement])));
  assert.is(rows.length, 40);
  assert.is(rows[0]!.length, 60);
  for (const [index, row] of rows.entries()) {
    for (const colour of row) assert.is(colour, index < 20 ? '100 0 0' : '0 0 100');
  }
});

test.run();
