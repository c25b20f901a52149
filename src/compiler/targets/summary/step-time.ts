import { arraySchema, countSchema, objectSchema, textSchema } from '../../ir/schema.ts';
import type { StepPrediction } from '../onnx/predict.ts';
import { basisOf, epochLine, spanOfMs } from '../onnx/predict-text.ts';

/** What a training step and an epoch take on the compiled engine, told before it runs. */
export interface StepTime
  extends Pick<StepPrediction, 'batch' | 'threads' | 'measured' | 'ms' | 'least' | 'most'> {
  /** Images of an epoch, where the spec says how many there are. */
  readonly images: number | null;
  /** Where the time goes, most first. */
  readonly parts: readonly { readonly name: string; readonly ms: number; readonly movingMs: number }[];
}

export function stepTime(prediction: StepPrediction, images: number | undefined): StepTime {
  const { batch, threads, measured, ms, least, most, parts } = prediction;
  return {
    ...{ batch, threads, measured, ms, least, most, images: images ?? null },
    parts: parts.map(({ name, ms: own, movingMs }) => ({ name, ms: own, movingMs })),
  };
}

/** How many parts are named. */
const named = 4;

/** The same as lines of text; none where nothing was told. */
export function stepTimeLines(step: StepTime | undefined): readonly string[] {
  if (step === undefined) return [];
  const { ms, least, most, threads, images, parts } = step;
  const shares = parts
    .slice(0, named)
    .map((part) => `${part.name.replaceAll(',', '')} ${((100 * part.ms) / ms).toFixed(0)} %`);
  return [
    `${spanOfMs(ms, least, most)} on ${threads} threads, ${basisOf(step)}`,
    ...(images === null ? [] : [epochLine(step, images)]),
    shares.join(', '),
  ];
}

const amount = { type: 'number', minimum: 0 } as const;

export const stepTimeSchema = objectSchema({
  batch: countSchema,
  threads: countSchema,
  measured: { type: 'boolean' },
  ms: amount,
  least: amount,
  most: amount,
  images: { type: ['integer', 'null'], minimum: 1 },
  parts: arraySchema(objectSchema({ name: textSchema, ms: amount, movingMs: amount })),
});
