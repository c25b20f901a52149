import { escaped } from '../../storage/xml.ts';

/** How a text is set. */
interface Setting {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly weight?: 400 | 600;
  readonly ink?: string;
}

/** A line of text with its base line at a place. */
export function label(text: string, x: number, y: number, setting: Setting = {}): string {
  const { anchor = 'start', size = 10, weight = 400, ink = '#222222' } = setting;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="${ink}">${escaped(text)}</text>`;
}

/** A small title. */
export function caption(text: string, x: number, y: number, anchor: Setting['anchor'] = 'start'): string {
  return label(text, x, y, { anchor, size: 11.5, weight: 600 });
}

/** A text of at most so many characters. */
export function shortened(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}
