import { alignColumns } from '../../ir/print.ts';
import type { Choice } from './lowering.ts';
import type { StepPrediction } from './predict.ts';

/** Units of time, and from how many milliseconds on they are used. */
const units = [
  { unit: 'h', ms: 3_600_000, from: 7_200_000 },
  { unit: 'min', ms: 60_000, from: 120_000 },
  { unit: 's', ms: 1000, from: 1000 },
  { unit: 'ms', ms: 1, from: 0 },
] as const;

/** `540 ms (470 to 620)`, `3.2 s (1.6 to 6.4)`, `4.2 min (3.1 to 5.5)`, `2.5 h (1.2 to 5.0)`. */
export function spanOfMs(ms: number, least: number, most: number): string {
  const { unit, ms: size } = units.find(({ from }) => ms >= from)!;
  const figure = (value: number) => (value / size).toFixed(size > 1 && value < 10 * size ? 1 : 0);
  return `${figure(ms)} ${unit} (${figure(least)} to ${figure(most)})`;
}

/** What rates a prediction is made from. */
export function basisOf({ measured }: Pick<StepPrediction, 'measured'>): string {
  return measured
    ? 'from what was timed on this machine'
    : 'from built-in rates of another machine; `cmrc backend calibrate` times this one';
}

/** Where a step's time goes, and what was chosen where there are several ways, as lines of text. */
export function predictionLines(prediction: StepPrediction, images?: number): readonly string[] {
  const { ms, least, most, batch, threads, parts, choices } = prediction;
  const together = `${batch} image${batch === 1 ? '' : 's'}`;
  const rows = parts.map((part) => [
    part.name,
    String(part.nodes),
    part.ms.toFixed(1),
    `${((100 * part.ms) / ms).toFixed(0)} %`,
    part.movingMs.toFixed(1),
  ]);
  return [
    `a training step of ${together} on ${threads} threads: ${spanOfMs(ms, least, most)}, ${basisOf(prediction)}`,
    ...(images === undefined ? [] : [epochLine(prediction, images)]),
    ...alignColumns([['where', 'nodes', 'ms', '', 'of it moving'], ...rows], [1, 2, 3, 4]),
    ...choiceLines(choices),
  ];
}

/** `an epoch of 523 images: 66 steps, 35 s (31 to 40)` */
export function epochLine(
  { ms, least, most, batch }: Pick<StepPrediction, 'ms' | 'least' | 'most' | 'batch'>,
  images: number,
): string {
  const steps = Math.ceil(images / batch);
  return `an epoch of ${images} images: ${steps} steps, ${spanOfMs(steps * ms, steps * least, steps * most)}`;
}

/** How convolutions that fill no block and the gradients of kernels are computed, and what the best other way would take. */
function choiceLines(choices: readonly Choice[]): readonly string[] {
  const groups = new Map<string, { count: number; ms: number; others: number }>();
  for (const { forms } of choices) {
    const [chosen, other] = forms;
    if (other === undefined) continue;
    const key = `${chosen!.name}\n${other.name}`;
    const group = groups.get(key) ?? { count: 0, ms: 0, others: 0 };
    groups.set(key, {
      count: group.count + 1,
      ms: group.ms + chosen!.ms,
      others: group.others + other.ms,
    });
  }
  if (groups.size === 0) return [];
  const rows = [...groups]
    .sort(([, a], [, b]) => b.ms - a.ms)
    .map(([key, { count, ms, others }]) => {
      const [chosen, other] = key.split('\n');
      return [String(count), chosen!, ms.toFixed(1), other!, others.toFixed(1)];
    });
  return [
    'ways to compute, by what takes least of what differs:',
    ...alignColumns([['', 'chosen', 'ms', 'instead of', 'ms'], ...rows], [0, 2, 4]),
  ];
}
