import { escaped } from '../storage/xml.ts';

export { escaped };

/** Plots as SVG text. Colours are those of Okabe and Ito, which most colour-blind people tell apart. */
export const palette = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#7f7f7f',
  '#000000',
];

/** Something drawn in the plane of the data. */
export type Mark =
  | {
      readonly kind: 'line';
      readonly points: readonly Point[];
      readonly color: string;
      readonly dashed?: boolean;
    }
  | {
      readonly kind: 'dots';
      readonly points: readonly Point[];
      readonly color: string;
      readonly hollow?: boolean;
    }
  /** From a low to a high value at one place. */
  | {
      readonly kind: 'bars';
      readonly spans: readonly (readonly [x: number, low: number, high: number])[];
      readonly color: string;
    };

type Point = readonly [x: number, y: number];

export interface Plot {
  readonly title: string;
  /** How to read it, below the title. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
  readonly legend: readonly { readonly label: string; readonly color: string }[];
}

export interface Axis {
  readonly label: string;
  /** Null where the marks say. */
  readonly range: readonly [number, number] | null;
  /** Names at the places 0, 1, … instead of numbers. */
  readonly names?: readonly string[];
}

const width = 460;
const plotHeight = 300;
const margin = { top: 50, right: 14, bottom: 56, left: 58 };
const legendRow = 18;
/** About how wide a letter is. */
const letter = 6.6;

/** A plot of its own, with a legend below where there are several things to tell apart. */
export function drawPlot({ title, caption, x, y, marks, legend }: Plot): string {
  const xRange = x.names === undefined ? rangeOf(x, marks, 0) : ([-0.5, x.names.length - 0.5] as const);
  const yRange = rangeOf(y, marks, 1);
  const bottom = margin.top + plotHeight;
  const toX = (value: number) =>
    margin.left + ((value - xRange[0]) / (xRange[1] - xRange[0])) * (width - margin.left - margin.right);
  const toY = (value: number) => bottom - ((value - yRange[0]) / (yRange[1] - yRange[0])) * plotHeight;
  const rows = legend.length > 1 ? legend : [];
  const names = (x.names ?? []).map((name) => shortened(name, 22));
  const longest = Math.max(0, ...names.map((name) => name.length));
  // Names lie level where each has room, else they climb.
  const room = (width - margin.left - margin.right) / Math.max(1, names.length);
  const slanted = longest * letter > room;
  const below = slanted ? Math.round(longest * letter * Math.sin(Math.PI / 6)) : 0;
  const height = bottom + margin.bottom + below + rows.length * legendRow;
  const grid = ticks(yRange).map(
    (value) =>
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${at(toY(value))}" y2="${at(toY(value))}" class="grid"/>` +
      `<text x="${margin.left - 6}" y="${at(toY(value) + 4)}" text-anchor="end">${tickText(value)}</text>`,
  );
  const places = x.names ?? ticks(xRange);
  const columns = places.map((place, index) => {
    const left = at(toX(typeof place === 'number' ? place : index));
    return typeof place === 'number'
      ? `<line x1="${left}" x2="${left}" y1="${bottom}" y2="${bottom + 4}" class="axis"/><text x="${left}" y="${bottom + 18}" text-anchor="middle">${tickText(place)}</text>`
      : slanted
        ? `<text transform="translate(${left} ${bottom + 14}) rotate(-30)" text-anchor="end">${escaped(names[index]!)}</text>`
        : `<text x="${left}" y="${bottom + 18}" text-anchor="middle">${escaped(names[index]!)}</text>`;
  });
  const keys = rows.map(({ label, color }, index) => {
    const top = bottom + margin.bottom + below + index * legendRow;
    return `<rect x="${margin.left}" y="${top - 9}" width="10" height="10" fill="${color}"/><text x="${margin.left + 16}" y="${top}">${escaped(shortened(label, 60))}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    '<style>text{font:12px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:13px}.grid{stroke:#e3e3e3}.axis{stroke:#555}.caption{font-size:11px;fill:#666}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="18" class="title">${escaped(shortened(title, 58))}</text>`,
    `<text x="12" y="35" class="caption">${escaped(shortened(caption, 78))}</text>`,
    ...grid,
    ...columns,
    `<line x1="${margin.left}" x2="${width - margin.right}" y1="${bottom}" y2="${bottom}" class="axis"/>`,
    `<line x1="${margin.left}" x2="${margin.left}" y1="${margin.top}" y2="${bottom}" class="axis"/>`,
    ...marks.map((mark) => drawMark(mark, toX, toY)),
    `<text x="${at((margin.left + width - margin.right) / 2)}" y="${bottom + 36 + below}" text-anchor="middle">${escaped(x.label)}</text>`,
    `<text transform="translate(14 ${at(margin.top + plotHeight / 2)}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
    ...keys,
    '</svg>',
  ].join('\n');
}

function drawMark(mark: Mark, toX: (x: number) => number, toY: (y: number) => number): string {
  switch (mark.kind) {
    case 'line': {
      const points = mark.points.map(([x, y]) => `${at(toX(x))},${at(toY(y))}`).join(' ');
      return `<polyline points="${points}" fill="none" stroke="${mark.color}" stroke-width="1.8"${mark.dashed ? ' stroke-dasharray="5 4"' : ''}/>`;
    }
    case 'dots':
      return mark.points
        .map(
          ([x, y]) =>
            `<circle cx="${at(toX(x))}" cy="${at(toY(y))}" r="3.2" ${mark.hollow ? `fill="#fff" stroke="${mark.color}" stroke-width="1.5"` : `fill="${mark.color}" fill-opacity="0.75"`}/>`,
        )
        .join('');
    case 'bars':
      return mark.spans
        .map(
          ([x, low, high]) =>
            `<line x1="${at(toX(x))}" x2="${at(toX(x))}" y1="${at(toY(low))}" y2="${at(toY(high))}" stroke="${mark.color}" stroke-width="1.4"/>`,
        )
        .join('');
  }
}

/** What the marks reach, with a little room; never empty. */
function rangeOf({ range }: Axis, marks: readonly Mark[], side: 0 | 1): readonly [number, number] {
  if (range !== null) return range;
  const values = marks.flatMap((mark) =>
    mark.kind === 'bars'
      ? mark.spans.flatMap(([x, low, high]) => (side === 0 ? [x] : [low, high]))
      : mark.points.map((point) => point[side]),
  );
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 0.06 * (high - low) : Math.max(0.01, 0.05 * Math.abs(low));
  return [low - room, high + room];
}

/** Four to ten round numbers within a range: steps of 1, 2 or 5 times a power of ten. */
export function ticks([low, high]: readonly [number, number]): readonly number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const found: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + 1e-9 * step; index += 1)
    found.push(index * step);
  return found;
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
