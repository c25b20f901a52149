import type { AttributePlan, DataPlan, FitStep, Intensity } from '../../plan/run-plan.ts';
import { attributes } from './attributes.ts';
import { call, oneOrMore } from './calls.ts';
import { choice, millimetres, number, sizes, text, whole } from './constants.ts';
import { classes, counts, structures } from './mappings.ts';
import { key, type Table } from './table.ts';

const canvas = {
  height: key(whole({ minimum: 1 }), 'Rows of the result', { example: '224' }),
  width: key(whole({ minimum: 1 }), 'Columns of the result', { example: '192' }),
};

/** A phantom is drawn in the declared size of its images, else in the paper's. */
function asImage(otherwise: string) {
  return { default: null, written: `as \`image\` says, else ${otherwise}`, source: 'Sec. 4.1' };
}

/** The settings of a `dataset`. */
export const datasetTable = {
  manifest: key(text(), 'The YAML file that lists the images, relative to the spec', {
    default: null as string | null,
    example: '"data/mine.yaml"',
  }),
  source: key(
    call(
      {
        phantom: {
          images: key(whole({ minimum: 1 }), 'How many images are drawn', { example: '64' }),
          seed: key(whole({ minimum: 0 }), 'Start of the random numbers', { default: 0 }),
          difficulty: key(choice('easy', 'paper', 'hard'), 'How hard the task is', {
            default: 'paper' as const,
          }),
          diseased: key(number({ above: 0, below: 1 }), 'Share of diseased images', {
            default: 77 / 654,
            written: '77 / 654',
            source: 'Sec. 4.1',
          }),
          height: key(whole({ minimum: 32 }), 'Rows of the images', asImage('256')),
          width: key(whole({ minimum: 32 }), 'Columns of the images', asImage('218')),
        },
      },
      { phantom: 'Hearts that are drawn: MOLLI T1 maps simulated and fitted, as a scanner would' },
    ),
    'Images that are computed instead of read',
    { default: null },
  ),
  image: key(sizes(3), 'Height, width and channels of the files; leave it out when they vary', {
    default: null,
  }),
  channels: key(
    whole({ minimum: 1 }),
    'Channels of one image: of its file, or of the files that a row lists; for images whose size varies',
    { default: null as number | null, written: 'as `image` says, else 1' },
  ),
  neighbours: key(
    whole({ minimum: 0, maximum: 16 }),
    'Slices on each side that a slice takes as further channels, the lowest first; at the ends of a volume the last slice is repeated; Ben-Cohen et al. 2016',
    { default: 0 },
  ),
  fit: key(
    oneOrMore(
      call(
        {
          pad: canvas,
          crop: canvas,
          center: canvas,
          resize: canvas,
          longest: { size: key(whole({ minimum: 1 }), 'Pixels of the longer side', { example: '192' }) },
          resample: {
            spacing: key(millimetres('a length such as `1.4mm`', { above: 0 }), 'How far pixels are apart'),
          },
        },
        {
          pad: 'Adds zeros on all sides, the odd pixel at the end; a larger image is an error',
          crop: 'Takes the middle; a smaller image is an error',
          center: 'Pads or crops each axis, whichever it needs',
          resize: 'Scales each axis by itself, so that the shape may change',
          longest: 'Scales until the longer side has so many pixels; the shape stays',
          resample:
            'Scales until pixels are so far apart; needs the spacing of images, and the size follows from it',
        },
      ),
    ),
    "How an image reaches the network's size, step by step",
    { default: [] as readonly FitStep[], written: 'none' },
  ),
  intensity: key(
    oneOrMore(
      call(
        {
          fixed: {
            scale: key(number({ above: 0 }), 'What an image value is divided by', { default: 2000 }),
            low: key(number(), 'Smaller values become this', { default: 0 }),
            high: key(number(), 'Larger values become this', { default: 1.5 }),
          },
          zscore: {},
          minmax: {},
          percentile: {
            low: key(number({ minimum: 0, maximum: 1 }), 'The percentile that becomes 0', { default: 0.01 }),
            high: key(number({ minimum: 0, maximum: 1 }), 'The percentile that becomes 1', { default: 0.99 }),
          },
        },
        {
          fixed:
            'Divides by a number that is the same for all images, then clips: quantities stay comparable',
          zscore: 'Mean 0 and deviation 1 in each image',
          minmax: 'The darkest value becomes 0, the brightest 1, in each image',
          percentile: 'Two percentiles become 0 and 1 in each image, then clips',
        },
      ),
    ),
    'How image values become network inputs, each channel by itself: one way for all, or a list with one for each channel of the files',
    {
      default: [{ kind: 'fixed', scale: 2000, low: 0, high: 1.5 }] as readonly Intensity[],
      written: 'fixed(scale = 2000, low = 0, high = 1.5)',
      source: 'T1 is quantitative: scaling each image by itself would erase what tells the classes apart',
    },
  ),
  unit: key(text(), "The unit of the images' values in tables of measures: `ms` of T1 maps", {
    default: null as string | null,
    written: 'none; `ms` of phantoms',
    example: '"ms"',
  }),
  classes: key(classes, 'The diagnoses, in order', { default: [] as DataPlan['classes'], written: 'none' }),
  positive: key(text(), 'The class that counts as positive; needed where a metric or a single sigmoid asks', {
    default: null as string | null,
    example: '"healthy"',
  }),
  attributes: key(
    attributes,
    'What else rows say of images and patients, which heads of the same names predict',
    {
      default: [] as readonly AttributePlan[],
      written: 'none',
    },
  ),
  structures: key(structures, 'The structures that masks show', {
    default: [{ name: 'myocardium', values: [] }] as DataPlan['structures'],
    written: 'myocardium, every value but 0',
  }),
  expect: key(counts, 'What the data must hold', {
    default: { images: null, patients: null, classes: {} } as DataPlan['expect'],
    written: 'nothing',
  }),
} as const satisfies Table;
