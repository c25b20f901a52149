import type { RunPlan } from '../../compiler/index.ts';
import type { Volume } from '../images/formats/volume.ts';
import { type HeartFunction, heartFunction, type PhaseVolumes, phaseVolumes } from './heart-function.ts';
import { type HeartSegment, heartSegments } from './heart-segments.ts';
import { heartRole } from './heart-structures.ts';
import { maskValues } from './masks.ts';

/** What one mask head's answer says of the heart as a whole. */
export interface HeartMeasures {
  /** By structure, of every phase. */
  readonly phases: Readonly<Record<string, readonly PhaseVolumes[]>>;
  /** By cavity, where there are several phases. */
  readonly function: Readonly<Record<string, HeartFunction>>;
  /** The phase that the segments are of: end-diastole of the left ventricle, or the only one. */
  readonly segmentsTime: number | null;
  readonly segments: readonly HeartSegment[] | null;
}

/** Measures a mask of a volume, `[times, slices, rows, columns]` of {@link maskValues}. */
export function heartMeasures(plan: RunPlan, mask: Uint8Array, volume: Volume): HeartMeasures {
  const { structures } = plan.data;
  const values = maskValues(plan.data);
  const voxel = volume.spacing === null ? 0 : volume.spacing[0] * volume.spacing[1] * volume.spacing[2];
  const each = volume.slices * volume.rows * volume.columns;
  const counted = structures.map((_, index) =>
    Array.from({ length: volume.frames }, (_, time) => {
      let count = 0;
      for (let pixel = time * each; pixel < (time + 1) * each; pixel += 1)
        if (mask[pixel] === values[index]) count += 1;
      return count;
    }),
  );
  const phases = Object.fromEntries(
    structures.map(({ name }, index) => [
      name,
      phaseVolumes(name, counted[index]!, voxel > 0 ? voxel / 1000 : null),
    ]),
  );
  const functions = Object.fromEntries(
    structures.flatMap(({ name }) => {
      const found = heartFunction(name, phases[name]!);
      return found === null ? [] : [[name, found] as const];
    }),
  );
  const valueNamed = (role: ReturnType<typeof heartRole>) =>
    values[structures.findIndex(({ name }) => heartRole(name) === role)];
  const [muscle, left, right] = [valueNamed('muscle'), valueNamed('left cavity'), valueNamed('right cavity')];
  const known = muscle !== undefined && left !== undefined && right !== undefined && volume.affine !== null;
  const leftName = structures.find(({ name }) => heartRole(name) === 'left cavity')?.name ?? '';
  const time = functions[leftName]?.endDiastole ?? 0;
  const segments = known
    ? heartSegments({
        rows: volume.rows,
        columns: volume.columns,
        slices: volume.slices,
        mask: mask.subarray(time * each, (time + 1) * each),
        image: volume.values.subarray(time * each * volume.channels, (time + 1) * each * volume.channels),
        affine: volume.affine!,
        values: { muscle, left, right },
      })
    : null;
  return { phases, function: functions, segmentsTime: segments === null ? null : time, segments };
}

const numberOrNull = { type: ['number', 'null'] } as const;
const time = { type: 'integer', minimum: 0 } as const;

/** The JSON schema of {@link HeartMeasures} by mask head. */
export const heartSchema = {
  type: 'object',
  description: 'by mask head: volumes of every phase, the function of cavities, the sixteen segments',
  additionalProperties: whole({
    phases: {
      type: 'object',
      additionalProperties: listOf({ time, volumeMl: numberOrNull, massG: numberOrNull }),
    },
    function: {
      type: 'object',
      additionalProperties: whole({
        endDiastole: time,
        endSystole: time,
        edvMl: { type: 'number' },
        esvMl: { type: 'number' },
        strokeVolumeMl: { type: 'number' },
        ejectionFraction: { type: 'number', description: 'per cent' },
      }),
    },
    segmentsTime: { type: ['integer', 'null'] },
    segments: {
      ...listOf({
        segment: { type: 'integer', minimum: 1, maximum: 16 },
        pixels: { type: 'integer' },
        wallMm: numberOrNull,
        mean: { type: 'number' },
        deviation: { type: 'number' },
      }),
      type: ['array', 'null'],
    },
  }),
} as const;

function whole(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties };
}

function listOf(properties: Readonly<Record<string, object>>): object {
  return { type: 'array', items: whole(properties) };
}
