import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { roles } from '../../cli/tui/theme/colours.ts';
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

test.run();
