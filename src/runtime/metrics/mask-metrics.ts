import type { Value } from './value.ts';

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
}

export interface MaskMetric {
  readonly title: string;
  readonly definition: string;
  /** What the mean runs over: images, as in the paper, or patients with their pixels pooled. */
  readonly of: 'image' | 'patient';
  /** Whether the probabilities are cut at the threshold first. */
  readonly thresholded: boolean;
  /** What counts where the structure is in neither mask, or where nothing is wrong. */
  readonly empty: string;
  readonly measure: (overlap: Overlap) => Value;
  readonly caveat?: string;
  /** Reported beside this one without being asked for. */
  readonly beside?: string;
}

const bothEmpty = 'counts as 1 where truth and prediction are both empty';
const fardo =
  'kept because the paper reports it; Fardo et al. 2016, whom it cites, conclude that PSNR is no adequate quality measure of segmentations';

/** Every metric of a mask head. A structure's value is the mean over images or patients; a head's is the mean over structures. */
export const maskMetrics = {
  dsc: {
    title: 'Dice similarity coefficient',
    definition: '2·|Y∩Ŷ| / (|Y|+|Ŷ|), equation 7',
    of: 'image',
    thresholded: true,
    empty: bothEmpty,
    measure: dice,
    beside: 'dsc_per_patient',
  },
  dsc_per_patient: {
    title: 'Dice similarity coefficient per patient',
    definition: '2·|Y∩Ŷ| / (|Y|+|Ŷ|) of the pixels of all images of a patient together',
    of: 'patient',
    thresholded: true,
    empty: bothEmpty,
    measure: dice,
  },
  jaccard: {
    title: 'Jaccard index',
    definition: '|Y∩Ŷ| / |Y∪Ŷ|, equation 8',
    of: 'image',
    thresholded: true,
    empty: bothEmpty,
    measure: ({ truth, predicted, both }) => {
      const union = truth + predicted - both;
      return union === 0 ? 1 : both / union;
    },
  },
  psnr: {
    title: 'peak signal-to-noise ratio, dB',
    definition: '10·log₁₀(1 / MSE) of the masks: −10·log₁₀(wrong pixels / N)',
    of: 'image',
    thresholded: true,
    empty: 'an image without a wrong pixel counts as if half a pixel were wrong, since its ratio is infinite',
    measure: ({ truth, predicted, both, pixels }) => decibels(truth + predicted - 2 * both, pixels),
    caveat: fardo,
    beside: 'psnr_soft',
  },
  psnr_soft: {
    title: 'peak signal-to-noise ratio of the probabilities, dB',
    definition: '10·log₁₀(1 / MSE) of the probabilities before the threshold',
    of: 'image',
    thresholded: false,
    empty: 'a squared error below half a pixel counts as half a pixel',
    measure: ({ squaredError, pixels }) => decibels(squaredError, pixels),
    caveat: fardo,
  },
} as const satisfies Record<string, MaskMetric>;

function dice({ truth, predicted, both }: Overlap): Value {
  return truth + predicted === 0 ? 1 : (2 * both) / (truth + predicted);
}

/** A bound of half a pixel keeps a perfect mask finite and still above every imperfect one. */
function decibels(squaredError: number, pixels: number): Value {
  return -10 * Math.log10(Math.max(squaredError, 0.5) / pixels);
}

/** The counts of several images as if they were one. */
export function pool(overlaps: readonly Overlap[]): Overlap {
  const sum = (key: keyof Overlap) => overlaps.reduce((total, overlap) => total + overlap[key], 0);
  return {
    pixels: sum('pixels'),
    truth: sum('truth'),
    predicted: sum('predicted'),
    both: sum('both'),
    squaredError: sum('squaredError'),
  };
}
