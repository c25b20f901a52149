import { clinicalMeasures, measuresOfStructure } from '../clinical-measures.ts';
import type { HeartMeasures } from '../heart.ts';
import type { HeartSegment } from '../segments.ts';
import type { HeartMoment } from '../slice.ts';
import { type BullsEye, drawBullsEye } from './bulls-eye.ts';
import { chosenSlices, drawSlice, heartWindow, structureColours } from './slices.ts';
import { caption, label, shortened } from './text.ts';

/** A heart as masks show it. */
interface MeasuredHeart {
  readonly moments: readonly HeartMoment[];
  readonly measures: HeartMeasures;
}

/** What the page of a patient shows. */
export interface HeartPage {
  readonly patient: string;
  /** Whose masks these are, in a few words. */
  readonly about: string;
  readonly structures: readonly string[];
  readonly predicted: MeasuredHeart;
  /** Of a held-out patient: what people drew. Its outlines are dashed, its measures stand beside. */
  readonly truth: MeasuredHeart | null;
  /** Empty where the images' unit is not known. */
  readonly imageUnit: string;
  /** The run, its identity, the version: what the page can be traced to. */
  readonly provenance: string;
}

/** A page of A4 at 96 dots to the inch. */
const paper = { width: 794, height: 1123, margin: 32 };
const columns = 6;
const gap = 4;
const side = (paper.width - 2 * paper.margin - (columns - 1) * gap) / columns;
const mostSlices = 12;

/**
 * One page of one patient as SVG: slices with outlines at end-diastole and end-systole, the sixteen segments, the table of the
 * measures, and where they come from. Nothing is fetched from anywhere.
 */
export function drawPage(page: HeartPage): string {
  const { patient, about, structures, predicted, truth, provenance } = page;
  const right = paper.width - paper.margin;
  const parts = [
    label(shortened(patient, 44), paper.margin, 46, { size: 22, weight: 600 }),
    label(shortened(about, 110), paper.margin, 64, { size: 10.5, ink: '#555555' }),
    ...legend(structures, truth !== null, right),
    rule(90),
  ];
  let y = 112;
  const ends = endsOf(predicted.measures);
  const shown = ends.map(({ time }) => predicted.moments[time]!);
  const window = heartWindow(truth === null ? shown : [...shown, ...truth.moments]);
  const slices = chosenSlices(shown, mostSlices);
  const colours = structureColours(structures);
  for (const [index, { name, time }] of ends.entries()) {
    const moment = shown[index]!;
    const count = moment.slices.length;
    const some = slices.length < count ? `: ${slices.length} of ${count} slices` : '';
    parts.push(caption(`${name}${some}`, paper.margin, y));
    y += 8;
    for (const [place, slice] of slices.entries()) {
      const own = moment.slices[slice];
      if (own === undefined) continue;
      const x = paper.margin + (place % columns) * (side + gap);
      const top = y + Math.floor(place / columns) * (side + gap);
      const drawn = truth?.moments[time]?.slices[slice] ?? null;
      parts.push(drawSlice(own, drawn, colours, window, [x, top], side, String(slice + 1)));
    }
    y += Math.ceil(slices.length / columns) * (side + gap) + 20;
  }
  parts.push(rule(y - 8), ...segmentParts(page, y + 8), ...tableParts(page, y + 8));
  const foot = paper.height - 40;
  parts.push(
    rule(foot - 14),
    label('Research software: not for clinical use.', paper.margin, foot, {
      size: 9.5,
      weight: 600,
      ink: '#a33333',
    }),
    label(shortened(provenance, 150), paper.margin, foot + 14, { size: 8.5, ink: '#555555' }),
  );
  const { width, height } = paper;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="210mm" height="297mm" font-family="Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** The moments that are shown: both ends of the cycle, or the one that muscle is measured at. */
function endsOf({ function: functions, restTime, phases }: HeartMeasures): readonly {
  readonly name: string;
  readonly time: number;
}[] {
  const [found] = Object.entries(functions).sort(
    ([one], [other]) => Number(/right|rv/i.test(one)) - Number(/right|rv/i.test(other)),
  );
  if (found === undefined) {
    const several = (Object.values(phases)[0]?.length ?? 0) > 1;
    return [{ name: several ? 'First volume' : 'Slices', time: restTime ?? 0 }];
  }
  const { endDiastole, endSystole, phases: names, chosenBy } = found[1];
  const of = (name: string | null) =>
    chosenBy === 'names' ? '' : ` (phase ${name}, chosen by the volume of ${found[0]})`;
  return [
    { name: `End-diastole${of(names[0])}`, time: endDiastole },
    { name: `End-systole${of(names[1])}`, time: endSystole },
  ];
}

/** A line of its own: names and what the page is about may be as long as they are. */
function legend(structures: readonly string[], dashed: boolean, right: number): readonly string[] {
  const colours = structureColours(structures);
  const entries = structures.map((name, index) => ({ name, colour: colours[index]!, dash: '' }));
  const all = dashed
    ? [...entries, { name: 'dashed: truth', colour: '#777777', dash: ' stroke-dasharray="2.5 2"' }]
    : entries;
  let x = right;
  return [...all].reverse().flatMap(({ name, colour, dash }) => {
    const text = shortened(name.replaceAll('_', ' '), 20);
    x -= text.length * 5.9 + 34;
    return [
      `<line x1="${x + 6}" x2="${x + 24}" y1="79" y2="79" stroke="${colour}" stroke-width="2.5"${dash}/>`,
      label(text, x + 28, 82.5, { size: 10, ink: '#333333' }),
    ];
  });
}

function rule(y: number): string {
  return `<line x1="${paper.margin}" x2="${paper.width - paper.margin}" y1="${y}" y2="${y}" stroke="#cccccc"/>`;
}

/** Bull's eyes of thickness and of the image's values, or why there are none. */
function segmentParts({ predicted, imageUnit }: HeartPage, top: number): readonly string[] {
  const { segments, segmentsBasis: basis, segmentsReason } = predicted.measures;
  if (segments === null || basis === null)
    return wrapped(`No segments: ${segmentsReason}.`, 48).map((text, index) =>
      label(text, paper.margin, top + 14 + 14 * index, { ink: '#555555' }),
    );
  const by = (value: (segment: HeartSegment) => number | null) =>
    Array.from({ length: 16 }, (_, index) => {
      const found = segments.find(({ segment }) => segment === index + 1);
      return found === undefined ? null : value(found);
    });
  const walls: BullsEye = {
    title: 'Wall thickness, mm',
    unit: 'mm',
    values: by(({ wallMm }) => wallMm),
    decimals: 1,
  };
  const unit = imageUnit === '' ? '' : `, ${imageUnit}`;
  const means: BullsEye = {
    title: `Mean value of the muscle${unit}`,
    unit: imageUnit,
    values: by(({ mean }) => mean),
    decimals: 0,
  };
  const hasWalls = walls.values.some((value) => value !== null);
  const shown = hasWalls ? (imageUnit === '' ? [walls] : [walls, means]) : [means];
  const radius = shown.length === 1 ? 108 : 84;
  const drawn = shown.map((one, index) =>
    drawBullsEye(one, [paper.margin + 18 + radius + index * (2 * radius + 50), top + 34 + radius], radius),
  );
  const front =
    basis.front === 'file' ? '' : ' Front is taken to be at the top of the image, as the file does not say.';
  const one = basis.slices === 1 ? ' The one slice is taken for the middle of the ventricle.' : '';
  const note = `AHA segments at end-diastole, from the ${basis.septum} in ${basis.shown} of ${basis.slices} slices.${one}${front}`;
  return [
    ...drawn,
    ...wrapped(note, 74).map((text, index) =>
      label(text, paper.margin, top + 34 + 2 * radius + 52 + 12 * index, { size: 8.5, ink: '#555555' }),
    ),
  ];
}

/** The measures, and those of the truth beside them. */
function tableParts({ structures, predicted, truth, imageUnit }: HeartPage, top: number): readonly string[] {
  const right = paper.width - paper.margin;
  const left = right - (truth === null ? 230 : 270);
  const stops = truth === null ? [right] : [right - 112, right - 62, right];
  const heading = truth === null ? ['predicted'] : ['predicted', 'truth', 'difference'];
  const rows = structures.flatMap((structure) => {
    const named = measuresOfStructure(structure).flatMap((name) => {
      const { short, unit, value } = clinicalMeasures[name];
      const own = value(predicted.measures, structure);
      const real = truth === null ? null : value(truth.measures, structure);
      if (own === null && real === null) return [];
      const text = (number: number | null) => (number === null ? '–' : number.toFixed(1));
      const difference = own === null || real === null ? null : own - real;
      const sign = difference !== null && difference > 0 ? '+' : '';
      const shownUnit = unit === 'image' ? imageUnit : unit;
      const cells = truth === null ? [text(own)] : [text(own), text(real), `${sign}${text(difference)}`];
      return [{ name: shownUnit === '' ? short : `${short}, ${shownUnit}`, cells }];
    });
    return named.length === 0 ? [] : [{ name: structure.replaceAll('_', ' '), cells: null }, ...named];
  });
  let y = top + 14;
  const parts = [
    caption('Measures', left, y),
    ...heading.map((text, index) =>
      label(text, stops[index]!, y, { anchor: 'end', size: 9, ink: '#666666' }),
    ),
  ];
  for (const { name, cells } of rows) {
    y += cells === null ? 19 : 15.5;
    if (cells === null) {
      parts.push(label(name, left, y, { size: 10, weight: 600 }));
      parts.push(
        `<line x1="${left}" x2="${right}" y1="${(y + 4).toFixed(1)}" y2="${(y + 4).toFixed(1)}" stroke="#dddddd"/>`,
      );
    } else {
      parts.push(label(name, left + 10, y, { size: 10 }));
      for (const [index, cell] of cells.entries())
        parts.push(label(cell, stops[index]!, y, { anchor: 'end', size: 10 }));
    }
  }
  if (rows.length === 0)
    parts.push(label('The masks show nothing to measure.', left, y + 18, { ink: '#555555' }));
  return parts;
}

/** Lines of at most so many characters. */
function wrapped(text: string, most: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1)!.length + word.length + 1 > most && lines.at(-1) !== '') lines.push('');
    lines.push(`${lines.pop()} ${word}`.trimStart());
  }
  return lines;
}
