import { caption, label } from './text.ts';

/** What a bull's eye shows. */
export interface BullsEye {
  readonly title: string;
  readonly unit: string;
  /** By segment, from the first; null where a segment has none. */
  readonly values: readonly (number | null)[];
  readonly decimals: number;
}

/** Rings from the outside: base, middle, apex. */
const rings = [
  { first: 1, count: 6, outer: 1, inner: 0.71 },
  { first: 7, count: 6, outer: 0.71, inner: 0.42 },
  { first: 13, count: 4, outer: 0.42, inner: 0.1 },
] as const;

/** From little to much: light to dark blue. */
const ramp = [
  [247, 251, 255],
  [198, 219, 239],
  [107, 174, 214],
  [33, 113, 181],
  [8, 48, 107],
] as const;

/**
 * The sixteen segments as the American Heart Association draws them: seen from the apex, the anterior wall on top, the septum
 * to the left; the base outside.
 */
export function drawBullsEye(
  { title, unit, values, decimals }: BullsEye,
  [x, y]: readonly [number, number],
  radius: number,
): string {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const share = (value: number) => (high > low ? (value - low) / (high - low) : 0.5);
  const cells = rings.flatMap(({ first, count, outer, inner }) =>
    Array.from({ length: count }, (_, place) => {
      const value = values[first + place - 1] ?? null;
      const width = 360 / count;
      // The first lies on top, the others follow against the clock: towards the septum.
      const middle = 90 + place * width;
      const [ends, far] = [[middle - width / 2, middle + width / 2] as const, ((outer + inner) / 2) * radius];
      const [textX, textY] = pointAt([x, y], far, middle);
      const colour = value === null ? '#eeeeee' : colourAt(share(value));
      const ink = value !== null && share(value) > 0.55 ? '#ffffff' : '#1a1a1a';
      return [
        `<path d="${sector([x, y], inner * radius, outer * radius, ends)}" fill="${colour}" stroke="#ffffff" stroke-width="1.5"/>`,
        label(value === null ? '–' : value.toFixed(decimals), textX, textY + 1.5, {
          ...{ anchor: 'middle', size: radius / 8.5, weight: 600, ink },
        }),
        label(String(first + place), textX, textY + radius / 9 + 0.5, {
          ...{ anchor: 'middle', size: radius / 13, ink },
        }),
      ].join('');
    }),
  );
  const walls = [
    ['anterior', 0, -radius - 5, 'middle'],
    ['inferior', 0, radius + 12, 'middle'],
  ] as const;
  return [
    caption(title, x, y - radius - 22, 'middle'),
    ...cells,
    ...walls.map(([name, dx, dy, anchor]) =>
      label(name, x + dx, y + dy, { anchor, size: 8.5, ink: '#666666' }),
    ),
    sideways('septal', x - radius - 6, y),
    sideways('lateral', x + radius + 13, y),
    ...(known.length === 0 ? [] : [scale(x, y + radius + 24, 2 * radius * 0.7, [low, high], unit, decimals)]),
  ].join('\n');
}

function sideways(name: string, x: number, y: number): string {
  return `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(-90)">${label(name, 0, 0, { anchor: 'middle', size: 8.5, ink: '#666666' })}</g>`;
}

function scale(
  x: number,
  y: number,
  width: number,
  [low, high]: readonly [number, number],
  unit: string,
  decimals: number,
): string {
  const parts = 24;
  const left = x - width / 2;
  const boxes = Array.from({ length: parts }, (_, part) => {
    const at = left + (part * width) / parts;
    return `<rect x="${at.toFixed(1)}" y="${y}" width="${(width / parts + 0.4).toFixed(1)}" height="7" fill="${colourAt(part / (parts - 1))}"/>`;
  });
  return [
    ...boxes,
    `<rect x="${left}" y="${y}" width="${width}" height="7" fill="none" stroke="#bbbbbb" stroke-width="0.5"/>`,
    label(low.toFixed(decimals), left - 4, y + 7, { anchor: 'end', size: 8.5 }),
    label(`${high.toFixed(decimals)} ${unit}`.trimEnd(), left + width + 4, y + 7, {
      anchor: 'start',
      size: 8.5,
    }),
  ].join('');
}

function pointAt(
  [x, y]: readonly [number, number],
  radius: number,
  degrees: number,
): readonly [number, number] {
  const angle = (degrees * Math.PI) / 180;
  return [x + radius * Math.cos(angle), y - radius * Math.sin(angle)];
}

/** A part of a ring between two angles in degrees, from the right against the clock. */
function sector(
  centre: readonly [number, number],
  inner: number,
  outer: number,
  [start, end]: readonly [number, number],
): string {
  const [a, b, c, d] = [
    pointAt(centre, outer, start),
    pointAt(centre, outer, end),
    pointAt(centre, inner, end),
    pointAt(centre, inner, start),
  ].map((point) => point.map((value) => value.toFixed(2)).join(' '));
  return `M${a}A${outer} ${outer} 0 0 0 ${b}L${c}A${inner} ${inner} 0 0 1 ${d}Z`;
}

function colourAt(share: number): string {
  const place = Math.min(ramp.length - 1.0001, Math.max(0, share * (ramp.length - 1)));
  const [one, two] = [ramp[Math.floor(place)]!, ramp[Math.floor(place) + 1]!];
  const mixed = one.map((value, channel) => Math.round(value + (two[channel]! - value) * (place % 1)));
  return `rgb(${mixed.join(',')})`;
}
