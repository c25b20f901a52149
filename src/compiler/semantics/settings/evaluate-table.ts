import type { AugmentedBy, Margins } from '../../plan/run-plan.ts';
import { call } from './calls.ts';
import { interval, type Limits, number, quantity, whole } from './constants.ts';
import { type Group, type Key, key, type Table } from './table.ts';
import { stratification, word } from './words.ts';

const flips = ['none', 'horizontal', 'vertical', 'both'] as const;

/** What an image may be varied by, each with a chance. */
const varieties = [
  ...['rotate', 'shift', 'scale', 'gamma', 'noise', 'blur', 'brightness', 'contrast'],
  ...['resolution', 'elastic', 'bias_field'],
] as readonly AugmentedBy[];

/** A range that is left out unless it is given. */
function varied(example: string, limits: Limits, doc: string): Key<readonly [number, number] | null> {
  return key(interval(example, undefined, limits), doc, {
    default: null as readonly [number, number] | null,
    written: 'none',
  });
}

/** How images are varied in training. */
export const augmentTable = {
  rotate: key(
    interval('-15deg .. 15deg', 'angle', { minimum: -180, maximum: 180 }),
    'Random rotation of each image',
    {
      default: null as readonly [number, number] | null,
      written: 'none',
    },
  ),
  shift: key(
    interval('-10% .. 10%', undefined, { minimum: -1, maximum: 1 }),
    'Random shift, in shares of height and width',
    {
      default: null as readonly [number, number] | null,
      written: 'none',
    },
  ),
  scale: key(interval('0.9 .. 1.1', undefined, { minimum: 0.1, maximum: 10 }), 'Random factor of the size', {
    default: null as readonly [number, number] | null,
    written: 'none',
  }),
  gamma: key(
    interval('0.7 .. 1.5', undefined, { minimum: 0.1, maximum: 10 }),
    'Random exponent of the intensity between the darkest and the brightest value; Isensee et al. 2021',
    { default: null as readonly [number, number] | null, written: 'none' },
  ),
  flip: key(word(...flips), 'Random mirroring; `horizontal` swaps left and right', {
    default: 'none' as const,
  }),
  noise: varied(
    '0 .. 0.1',
    { minimum: 0, maximum: 10 },
    'Deviation of Gaussian noise, in deviations of the image; this and the next four as Isensee et al. 2021 have them',
  ),
  blur: varied('0.5 .. 1', { minimum: 0, maximum: 16 }, 'Deviation of a Gaussian blur in pixels'),
  brightness: varied('0.75 .. 1.25', { above: 0, maximum: 10 }, 'Random factor of all values'),
  contrast: varied(
    '0.75 .. 1.25',
    { above: 0, maximum: 10 },
    "Random factor of the distance from the image's mean; values stay between its darkest and brightest",
  ),
  resolution: varied(
    '0.5 .. 1',
    { minimum: 0.05, maximum: 1 },
    'Share of rows and columns that is kept (the nearest), before the image is enlarged again; masks stay',
  ),
  elastic: varied(
    '0 .. 0.02',
    { minimum: 0, maximum: 0.5 },
    'Root mean square of a smooth random displacement of image and mask, in shares of the size; Simard et al. 2003',
  ),
  bias_field: varied(
    '0 .. 0.5',
    { minimum: 0, maximum: 5 },
    'Strength of a smooth random factor, as coils give MR images: the logarithm of its most; Sudre et al. 2017',
  ),
  chance: {
    kind: 'group',
    doc: 'How often each is applied; the others leave the image as it is',
    keys: Object.fromEntries(
      varieties.map((name) => [
        name,
        key(number({ minimum: 0, maximum: 1 }), `How often \`${name}\` is`, { default: 1 }),
      ]),
    ) as Readonly<Record<AugmentedBy, Key<number>>>,
  } satisfies Group,
} as const satisfies Table;

const dealing = {
  stratify: key(
    stratification,
    'What is kept in proportion: the classes of the dataset, or of the attribute that a label head predicts',
    {
      default: false as boolean | string,
      written: 'none',
    },
  ),
  group: key(word('patient', 'image'), 'What stays together', { default: 'patient' as const }),
};

/** One point is what Benavoli et al. 2017 take for accuracies. */
export const usualMargins: Margins = { share: 0.01, distance: 0.5 };

/** How held-out images are judged. */
export const evaluateTable = {
  folds: key(
    call(
      {
        kfold: { count: key(whole({ minimum: 2 }), 'Number of folds', { example: '5' }), ...dealing },
        holdout: {
          fraction: key(
            number({ minimum: 0, below: 1 }),
            'Share that is held out; 0 trains on everyone and judges nothing',
            { example: '25%' },
          ),
          ...dealing,
        },
      },
      {
        kfold: 'Every patient is held out once: so many networks are trained',
        holdout: 'A share of the patients is held out, and one network is trained',
      },
    ),
    'Which images are held out',
    {
      default: { kind: 'kfold', count: 5, stratify: false as boolean | string, group: 'patient' } as const,
      written: 'kfold(5)',
      source: 'Sec. 4.2',
    },
  ),
  aggregate: key(
    word('pooled', 'mean_of_folds'),
    'Over all held-out images together, or the mean of the folds',
    {
      default: 'pooled' as const,
      source: "the paper's tables are pooled counts",
    },
  ),
  threshold: key(number({ above: 0, below: 1 }), 'From which probability on a pixel or image is positive', {
    default: 0.5,
  }),
  flips: key(
    word(...flips),
    "Mirror images whose predictions are averaged with the image's own; Krizhevsky et al. 2012, Sec. 4.1",
    { default: 'none' as const },
  ),
  turns: key(
    word('none', 'half', 'quarters'),
    'Turned images whose predictions are averaged with the own: by half a turn, or by each quarter, which needs square images; together with `flips` every turn of every mirror image',
    { default: 'none' as const },
  ),
  components: key(
    word('all', 'largest'),
    'Whether each structure keeps all its parts, or only its largest connected one; Isensee et al. 2021',
    { default: 'all' as const },
  ),
  tolerance: key(
    quantity('a length such as `2mm`', 'length', { above: 0 }),
    'How far borders may be apart and still count as equal, for `nsd`; Nikolov et al. 2018 (arXiv 1809.04430) take what two people differ by',
    { default: null as number | null, written: 'none' },
  ),
  margin: key(
    number({ minimum: 0, below: 1 }),
    'Difference of shares that makes no practical difference: comparisons tell how probable it is that two networks are equal within it; Benavoli et al. 2017',
    { default: usualMargins.share },
  ),
  margin_distance: key(
    quantity('a length such as `1mm`', 'length', { minimum: 0 }),
    'The same of distances; where spacings are not known its number is of pixels',
    { default: usualMargins.distance, written: `${usualMargins.distance}mm` },
  ),
} as const satisfies Table;
