import type { MetricNameOf } from '../../../compiler/index.ts';
import type { Value } from '../value.ts';
import type { SurfaceDistances } from './surface.ts';

/** What is kept of one structure in one image (or, summed, in one patient), on the original grid. */
export interface Overlap {
  /** Pixels of the image, N. */
  readonly pixels: number;
  /** Pixels of the structure in the truth, |Y|. */
  readonly truth: number;
  /** Pixels of the structure in the thresholded prediction, |Ŷ|. */
  readonly predicted: number;
  /** Pixels in both, |Y ∩ Ŷ|. */
  readonly both: number;
  /** Σ (p − y)² over the pixels, of the probabilities before the threshold. */
  readonly squaredError: number;
  /** Distances of the borders in pixels and, where the spacing is known, in millimetres; null for several images. */
  readonly surface: { readonly px: StoredDistances; readonly mm: StoredDistances | null } | null;
}

/** What files hold: those of older versions lack the larger direction. */
export type StoredDistances = Omit<SurfaceDistances, 'hd95_max'> & Partial<SurfaceDistances>;

/** Millimetres, or pixels where the spacing of an image is unknown. */
export type LengthUnit = 'mm' | 'px';

/** @param tolerance in millimetres, of borders that count as equal; null where none is stated */
type Measure = (overlap: Overlap, unit: LengthUnit, tolerance?: number | null) => Value;

/** How each metric of masks is computed, of one structure in one image or patient. */
export const maskMeasures: Readonly<Record<MetricNameOf<'mask'>, Measure>> = {
  dsc: dice,
  dsc_per_patient: dice,
  jaccard: ({ truth, predicted, both }) => {
    const union = truth + predicted - both;
    return union === 0 ? 1 : both / union;
  },
  hd95: ({ surface }, unit) => surface?.[unit]?.hd95 ?? noDistance,
  hd95_max: ({ surface }, unit) => surface?.[unit]?.hd95_max ?? noDistance,
  assd: ({ surface }, unit) => surface?.[unit]?.assd ?? noDistance,
  nsd: ({ surface }, _, tolerance = null) => {
    if (tolerance === null) return { reason: 'no tolerance is stated' };
    if (surface !== null && surface.mm === null) return { reason: 'the spacing of an image is unknown' };
    const found = surface?.mm?.nsd;
    return found?.tolerance === tolerance ? found.share : noDistance;
  },
  psnr: ({ truth, predicted, both, pixels }) => decibels(truth + predicted - 2 * both, pixels),
  psnr_soft: ({ squaredError, pixels }) => decibels(squaredError, pixels),
};

/** Of predictions that were measured before the metric was there, or at another tolerance. */
const noDistance = { reason: 'not measured in these predictions; `cmrc evaluate` measures it' };

/** The unit in which all of these images can be measured. */
export function lengthUnit(overlaps: readonly Overlap[]): LengthUnit {
  return overlaps.every(({ surface }) => surface?.mm != null) ? 'mm' : 'px';
}

function dice({ truth, predicted, both }: Overlap): Value {
  return truth + predicted === 0 ? 1 : (2 * both) / (truth + predicted);
}

/** A bound of half a pixel keeps a perfect mask finite and still above every imperfect one. */
function decibels(squaredError: number, pixels: number): Value {
  return -10 * Math.log10(Math.max(squaredError, 0.5) / pixels);
}

/** The counts of several images as if they were one. */
export function pool(overlaps: readonly Overlap[]): Overlap {
  const [only, ...others] = overlaps;
  if (only !== undefined && others.length === 0) return only;
  const sum = (key: Exclude<keyof Overlap, 'surface'>) =>
    overlaps.reduce((total, overlap) => total + overlap[key], 0);
  return {
    pixels: sum('pixels'),
    truth: sum('truth'),
    predicted: sum('predicted'),
    both: sum('both'),
    squaredError: sum('squaredError'),
    surface: null,
  };
}
