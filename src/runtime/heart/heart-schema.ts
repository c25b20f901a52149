import {
  byName,
  closed,
  count,
  list,
  number,
  numberOrNull,
  text,
  textOrNull,
} from '../storage/json-schema.ts';

const phase = closed({
  time: count,
  phase: textOrNull,
  slices: count,
  pixels: count,
  volumeMl: numberOrNull,
  massG: numberOrNull,
  areaMm2: numberOrNull,
  wallMm: numberOrNull,
  mean: numberOrNull,
  deviation: numberOrNull,
});

const cavity = closed({
  endDiastole: count,
  endSystole: count,
  phases: { type: 'array', items: textOrNull, minItems: 2, maxItems: 2 },
  chosenBy: { enum: ['names', 'volumes'] },
  edvMl: number,
  esvMl: number,
  strokeVolumeMl: number,
  ejectionFraction: { ...numberOrNull, description: 'per cent' },
});

const segment = closed({
  segment: { type: 'integer', minimum: 1, maximum: 16 },
  pixels: count,
  wallMm: numberOrNull,
  mean: number,
  deviation: number,
});

const basis = closed({
  septum: { enum: ['insertion points', 'middle of the right ventricle'] },
  shown: count,
  slices: count,
  front: { enum: ['file', 'top of the image'] },
});

/** The JSON schema of one heart's measures, which `HeartMeasures` has as a type. */
export const heartSchema = closed({
  phases: byName(list(phase)),
  function: byName(cavity),
  restTime: { type: ['integer', 'null'] },
  segments: { ...list(segment), type: ['array', 'null'] },
  segmentsBasis: { ...basis, type: ['object', 'null'] },
  segmentsReason: textOrNull,
});

const interval = closed({ low: number, high: number });
const intervalOrNull = { ...interval, type: ['object', 'null'] };

/** Of a held-out patient, `JudgedHeart`. */
export const judgedHeartSchema = closed({
  patient: text,
  fold: { type: 'integer', minimum: 1 },
  heads: byName(closed({ truth: heartSchema, predicted: heartSchema })),
  reason: textOrNull,
});

/** Of a measure over patients, `MeasureAgreement`. */
export const agreementSchema = closed({
  path: text,
  title: text,
  unit: text,
  n: count,
  bias: number,
  biasInterval: intervalOrNull,
  deviation: numberOrNull,
  limits: intervalOrNull,
  limitsIntervals: { ...closed({ low: interval, high: interval }), type: ['object', 'null'] },
  truthMean: number,
  measuredMean: number,
  patients: list(closed({ patient: text, truth: number, measured: number })),
  without: list(text),
});
