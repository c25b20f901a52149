import {
  agreementText,
  type HeartMeasures,
  type MeasureAgreement,
  type PredictedHeart,
} from '../../src/runtime/index.ts';
import { columns } from './columns.ts';

/** What is said of a heart, line by line: the function of its cavities, its muscle, its segments. */
export function heartLines({ patient, inputs, heart }: PredictedHeart, imageUnit: string): readonly string[] {
  const lines = Object.entries(heart).flatMap(([head, measures]) => [
    ...functionLines(measures).map((line) => `  ${head}: ${line}`),
    ...muscleLines(measures, imageUnit).map((line) => `  ${head}: ${line}`),
    ...segmentLines(measures).map((line) => `  ${head}: ${line}`),
  ]);
  if (lines.length === 0) return [];
  const of = inputs.length > 1 ? ` of ${inputs.join(', ')}` : '';
  return [`heart of ${patient}${of}`, ...lines];
}

function functionLines(measures: HeartMeasures): readonly string[] {
  return Object.entries(measures.function).map(([structure, found]) => {
    const { edvMl, esvMl, strokeVolumeMl, ejectionFraction, endDiastole, endSystole, phases } = found;
    const [first, last] = [phases[0] ?? endDiastole, phases[1] ?? endSystole];
    const chosen =
      found.chosenBy === 'names' ? `phases ${first} and ${last}` : `phases ${first} and ${last} by volume`;
    const fraction = ejectionFraction === null ? '–' : `${ejectionFraction.toFixed(1)} %`;
    return `${structure} EDV ${edvMl.toFixed(1)} ml, ESV ${esvMl.toFixed(1)} ml, SV ${strokeVolumeMl.toFixed(1)} ml, EF ${fraction} (${chosen})`;
  });
}

function muscleLines({ phases, restTime }: HeartMeasures, imageUnit: string): readonly string[] {
  return Object.entries(phases).flatMap(([structure, all]) => {
    const found = restTime === null ? undefined : all[restTime];
    if (found == null || (found.massG === null && found.wallMm === null)) return [];
    const mean =
      found.mean === null || found.deviation === null
        ? []
        : [`mean value ${found.mean.toFixed(1)} ± ${found.deviation.toFixed(1)} ${imageUnit}`.trimEnd()];
    const said = [
      ...(found.massG === null ? [] : [`${found.massG.toFixed(1)} g (1.05 g/ml)`]),
      ...(found.wallMm === null ? [] : [`wall ${found.wallMm.toFixed(1)} mm`]),
      ...mean,
    ];
    return [
      `${structure} ${said.join(', ')}${all.length > 1 ? `, in phase ${found.phase ?? found.time}` : ''}`,
    ];
  });
}

function segmentLines({
  segments,
  segmentsBasis: basis,
  segmentsReason,
  phases,
}: HeartMeasures): readonly string[] {
  if (segments === null || basis === null) {
    const slices = Object.values(phases)[0]?.[0]?.slices ?? 0;
    return slices < 3 ? [] : [`no segments: ${segmentsReason}`];
  }
  const walls = segments.flatMap(({ wallMm }) => wallMm ?? []);
  const wall =
    walls.length === 0
      ? ''
      : `, wall ${Math.min(...walls).toFixed(1)} to ${Math.max(...walls).toFixed(1)} mm`;
  const one = basis.slices === 1 ? ', taken for the middle of the ventricle' : '';
  const from = `${basis.septum} in ${basis.shown} of ${basis.slices} slices${one}`;
  const front =
    basis.front === 'file' ? '' : '; front is taken to be at the top of the image, as the file does not say';
  return [`${segments.length} AHA segments from the ${from}${wall}${front}`];
}

/** How measures agree with the truth's, as a table. */
export function agreementLines(
  measures: readonly MeasureAgreement[],
  unmeasured: readonly { readonly patient: string; readonly reason: string }[],
): readonly string[] {
  if (measures.length === 0 && unmeasured.length === 0) return [];
  const head = [
    'measure',
    'n',
    'truth',
    'predicted',
    'bias ± 1.96 SD',
    'bias, 95 %',
    'limits of agreement, 95 % of each',
  ];
  const rows = measures.map(({ path, unit, n, truthMean, measuredMean, ...agreement }) => [
    unit === '' ? path : `${path}, ${unit}`,
    String(n),
    truthMean.toFixed(1),
    measuredMean.toFixed(1),
    agreementText(agreement),
    rangeText(agreement.biasInterval),
    agreement.limits === null || agreement.limitsIntervals === null
      ? '–'
      : `${agreement.limits.low.toFixed(1)} (${rangeText(agreement.limitsIntervals.low)}), ${agreement.limits.high.toFixed(1)} (${rangeText(agreement.limitsIntervals.high)})`,
  ]);
  const without = measures.filter((measure) => measure.without.length > 0);
  return [
    ...(rows.length === 0 ? [] : columns([head, ...rows], true)),
    ...without.map(({ path, without: own }) => `no ${path} of ${own.join(', ')}: the masks do not show it`),
    ...unmeasured.map(({ patient, reason }) => `not measured: ${patient}, ${reason}`),
  ];
}

function rangeText(interval: { readonly low: number; readonly high: number } | null): string {
  return interval === null ? '–' : `${interval.low.toFixed(1)} … ${interval.high.toFixed(1)}`;
}
