import { encode } from 'fast-png';
import type { Graphics } from '../theme/graphics.ts';
import type { Pixels, Placement } from './pixels.ts';
import { sixel } from './sixel.ts';

/** The sequences that draw pictures over a frame; those of kitty stay until they are taken away, so that comes first. */
export function drawGraphics(graphics: Graphics, placements: readonly Placement[]): string {
  const clear = graphics === 'kitty' ? '\u001b_Ga=d,d=A,q=2\u001b\\' : '';
  const drawn = placements.map((placement) => {
    const place = `\u001b[${placement.row + 1};${placement.column + 1}H`;
    return place + encoders[graphics](placement);
  });
  return clear + drawn.join('');
}

const encoders: Readonly<Record<Graphics, (placement: Placement) => string>> = { kitty, iterm, sixel };

const chunkSize = 4096;

/** Graphics protocol of kitty: a PNG in chunks, scaled to cells, the cursor left where it is. */
function kitty({ picture, columns, rows }: Placement): string {
  const text = png(picture);
  const chunks = text.match(new RegExp(`.{1,${chunkSize}}`, 'g')) ?? [];
  return chunks
    .map((chunk, index) => {
      const first = index === 0 ? `a=T,f=100,q=2,C=1,c=${columns},r=${rows},` : '';
      return `\u001b_G${first}m=${index < chunks.length - 1 ? 1 : 0};${chunk}\u001b\\`;
    })
    .join('');
}

/** Inline images of iTerm2. */
function iterm({ picture, columns, rows }: Placement): string {
  const text = png(picture);
  return `\u001b]1337;File=inline=1;width=${columns};height=${rows};preserveAspectRatio=1:${text}\u0007`;
}

function png({ width, height, data }: Pixels): string {
  return Buffer.from(encode({ width, height, data, channels: 3, depth: 8 })).toString('base64');
}
