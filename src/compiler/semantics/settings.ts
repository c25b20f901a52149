import type { AugmentSettings, DataPlan, FitStep, Intensity, TrainSettings } from '../plan/run-plan.ts';
import { call, oneOrMore } from './settings/calls.ts';
import { choice, flag, interval, number, quantity, sizes, text, whole } from './settings/constants.ts';
import { declared } from './settings/declarations.ts';
import { loss } from './settings/loss.ts';
import { classes, counts, structures } from './settings/mappings.ts';
import { headMetrics, published } from './settings/measures.ts';
import { type Group, key, type Settled, type Table } from './settings/table.ts';
import { stratification, word } from './settings/words.ts';

// Every key that a dataset or an experiment takes. Types, defaults, checks and documentation derive from these tables.

const canvas = {
  height: key(whole({ minimum: 1 }), 'Rows of the result'),
  width: key(whole({ minimum: 1 }), 'Columns of the result'),
};

/** A phantom is drawn in the declared size of its images, else in the paper's. */
function asImage(otherwise: string) {
  return { default: null, written: `as \`image\` says, else ${otherwise}`, source: 'Sec. 4.1' };
}

/** The settings of a `dataset`. */
export const datasetTable = {
  manifest: key(text(), 'The YAML file that lists the images, relative to the spec', {
    default: null as string | null,
  }),
  source: key(
    call({
      phantom: {
        images: key(whole({ minimum: 1 }), 'How many images are drawn'),
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
    }),
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
      call({
        pad: canvas,
        crop: canvas,
        center: canvas,
        resize: canvas,
        longest: { size: key(whole({ minimum: 1 }), 'Pixels of the longer side') },
        resample: { spacing: key(number({ above: 0 }), 'Millimetres between pixels') },
      }),
    ),
    "How an image reaches the network's size, step by step",
    { default: [] as readonly FitStep[], written: 'none' },
  ),
  intensity: key(
    oneOrMore(
      call({
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
      }),
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
  }),
  classes: key(classes, 'The diagnoses, in order', { default: [] as DataPlan['classes'], written: 'none' }),
  positive: key(text(), 'The class that counts as positive', { default: null as string | null }),
  structures: key(structures, 'The structures that masks show', {
    default: [{ name: 'myocardium', values: [] }] as DataPlan['structures'],
    written: 'myocardium, every value but 0',
  }),
  expect: key(counts, 'What the data must hold', {
    default: { images: null, patients: null, classes: {} } as DataPlan['expect'],
    written: 'nothing',
  }),
} as const satisfies Table;

const trainTable = {
  optimizer: key(
    call({
      rmsprop: {
        lr: key(number({ above: 0 }), 'Learning rate', { default: 0.001, source: 'Keras 2.2.4' }),
        rho: key(number({ minimum: 0, below: 1 }), 'How much of the old mean square is kept', {
          default: 0.9,
          source: 'Keras 2.2.4',
        }),
        epsilon: key(number({ above: 0 }), 'Added outside the root', {
          default: 1e-7,
          source: 'Keras 2.2.4',
        }),
      },
      adam: {
        lr: key(number({ above: 0 }), 'Learning rate', { default: 0.001, source: 'Keras 2.2.4' }),
        beta1: key(number({ minimum: 0, below: 1 }), 'How much of the old mean is kept', { default: 0.9 }),
        beta2: key(number({ minimum: 0, below: 1 }), 'How much of the old mean square is kept', {
          default: 0.999,
        }),
        epsilon: key(number({ above: 0 }), 'Added outside the root', {
          default: 1e-7,
          source: 'Keras 2.2.4',
        }),
      },
      sgd: {
        lr: key(number({ above: 0 }), 'Learning rate', { default: 0.01, source: 'Keras 2.2.4' }),
        momentum: key(number({ minimum: 0, below: 1 }), 'How much of the last step is kept', { default: 0 }),
        nesterov: key(
          flag(),
          'Whether a step also looks ahead along the momentum; Sutskever et al. 2013, Sec. 2.1',
          { default: false },
        ),
      },
    }),
    'How weights follow their gradients',
  ),
  epochs: key(whole({ minimum: 1 }), 'How often training sees all images'),
  batch: key(whole({ minimum: 1 }), 'Images per step', { default: 8 }),
  seed: key(whole({ minimum: 0 }), 'Start of all random numbers: weights, folds, order, augmentation', {
    default: 0,
  }),
  head_bias: key(
    word('prior', 'zero'),
    'Where the biases of heads start: where the training images alone would put the answers (log-odds of each structure and class), or at 0; Lin et al. 2017 (arXiv 1708.02002), Sec. 3.3',
    { default: 'prior' as const, source: 'from 0, rare structures may never be learned' },
  ),
  restart: key(
    whole({ minimum: 0 }),
    'How often training may begin again, with other random weights, when masks stay empty or full',
    { default: 0 },
  ),
  recalibrate: key(
    whole({ minimum: 0 }),
    'Batches that recompute the batch-norm statistics before an evaluation',
    {
      default: 0,
      source: 'Keras keeps moving averages only',
    },
  ),
  schedule: key(
    call({
      constant: {},
      step: {
        every: key(whole({ minimum: 1 }), 'Epochs between changes'),
        factor: key(number({ above: 0, below: 1 }), 'What is left after each change', { default: 0.1 }),
      },
      exponential: {
        factor: key(number({ above: 0, below: 1 }), 'What is left after each epoch', { default: 0.95 }),
      },
      cosine: {
        final: key(number({ minimum: 0, below: 1 }), 'The share that is left at the end', { default: 0 }),
      },
      polynomial: {
        power: key(number({ above: 0 }), 'Exponent of the share of training that is left', {
          default: 0.9,
          source: 'Chen et al. 2017 (arXiv 1606.00915)',
        }),
      },
      plateau: {
        patience: key(whole({ minimum: 1 }), 'Epochs without a better validation loss before a change', {
          default: 5,
        }),
        factor: key(number({ above: 0, below: 1 }), 'What is left after each change', { default: 0.1 }),
      },
    }),
    'How the learning rate changes; cosine is of Loshchilov and Hutter 2017 (arXiv 1608.03983)',
    { default: { kind: 'constant' } as const, written: 'constant()', source: 'Sec. 4.2' },
  ),
  warmup: key(
    number({ minimum: 0 }),
    'Epochs over which the learning rate first rises from 0; Goyal et al. 2017 (arXiv 1706.02677)',
    { default: 0 },
  ),
  clip: key(
    number({ above: 0 }),
    'The longest that all gradients together may be; Pascanu et al. 2013 (arXiv 1211.5063)',
    { default: null as number | null, written: 'none' },
  ),
  weighting: key(
    word('fixed', 'uncertainty'),
    'Whether the losses of heads keep their weights, or also learn how uncertain each is; Kendall et al. 2018 (arXiv 1705.07115)',
    { default: 'fixed' as const, source: 'Eq. 6' },
  ),
  weight_decay: key(
    number({ minimum: 0, below: 1 }),
    'What kernels lose at every step, times the learning rate; Loshchilov and Hutter 2019 (arXiv 1711.05101)',
    { default: 0 },
  ),
  average: key(
    number({ above: 0, below: 1 }),
    'What a moving average of the weights, which then predicts, keeps at every step; Tarvainen and Valpola 2017 (arXiv 1703.01780)',
    { default: null as number | null, written: 'none' },
  ),
  memory: key(
    quantity('an amount of memory such as `2 GB`', 'bytes', { above: 0 }),
    'Memory that the compiled training step of `--backend onnx` may take; what is not kept for the way back is computed anew; Chen et al. 2016 (arXiv 1604.06174)',
    { default: null as number | null, written: 'what it takes' },
  ),
  sampling: key(
    word('every', 'balanced'),
    'Every image once an epoch, or every class equally often; Buda et al. 2018 (arXiv 1710.05381)',
    { default: 'every' as const },
  ),
  validation: key(
    number({ minimum: 0, below: 1 }),
    'Share of the training patients that only judges, for `patience`, `keep` and `plateau`; never held-out images',
    { default: 0 },
  ),
  patience: key(
    whole({ minimum: 1 }),
    'Epochs without a better validation loss after which training ends; Prechelt 1998',
    { default: null as number | null, written: 'all epochs' },
  ),
  keep: key(
    word('last', 'best'),
    'Whose weights are evaluated: of the last epoch, or of that with the best validation loss',
    { default: 'last' as const, source: 'Sec. 4.2' },
  ),
} as const satisfies Table;

const flips = ['none', 'horizontal', 'vertical', 'both'] as const;

const augmentTable = {
  rotate: key(interval('angle', { minimum: -180, maximum: 180 }), 'Random rotation of each image', {
    default: null as readonly [number, number] | null,
    written: 'none',
  }),
  shift: key(
    interval(undefined, { minimum: -1, maximum: 1 }),
    'Random shift, in shares of height and width',
    {
      default: null as readonly [number, number] | null,
      written: 'none',
    },
  ),
  scale: key(interval(undefined, { minimum: 0.1, maximum: 10 }), 'Random factor of the size', {
    default: null as readonly [number, number] | null,
    written: 'none',
  }),
  gamma: key(
    interval(undefined, { minimum: 0.1, maximum: 10 }),
    'Random exponent of the intensity between the darkest and the brightest value; Isensee et al. 2021',
    { default: null as readonly [number, number] | null, written: 'none' },
  ),
  flip: key(word(...flips), 'Random mirroring; `horizontal` swaps left and right', {
    default: 'none' as const,
  }),
} as const satisfies Table;

const dealing = {
  stratify: key(
    stratification,
    'What is kept in proportion: the classes of the dataset, which label heads predict',
    {
      default: false,
      written: 'none',
    },
  ),
  group: key(word('patient', 'image'), 'What stays together', { default: 'patient' as const }),
};

const evaluateTable = {
  folds: key(
    call({
      kfold: { count: key(whole({ minimum: 2 }), 'Number of folds'), ...dealing },
      holdout: {
        fraction: key(
          number({ minimum: 0, below: 1 }),
          'Share that is held out; 0 trains on everyone and judges nothing',
        ),
        ...dealing,
      },
    }),
    'Which images are held out',
    {
      default: { kind: 'kfold', count: 5, stratify: false, group: 'patient' } as const,
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
} as const satisfies Table;

const budgetTable = {
  hours: key(number({ above: 0 }), 'Hours that training all of a sweep or comparison may take', {
    default: null as number | null,
    written: 'any time',
  }),
  memory: key(
    quantity('an amount of memory such as `8 GB`', 'bytes', { above: 0 }),
    'Memory that the trainings of a sweep or comparison may take together',
    { default: null as number | null, written: 'what the machine has' },
  ),
} as const satisfies Table;

/** The settings of an `experiment`. */
export const experimentTable = {
  model: key(declared('network'), 'The network and its parameters'),
  data: key(declared('dataset'), 'The dataset'),
  loss: key(loss, "A weighted sum of the heads' losses, equation 6"),
  train: { kind: 'group', doc: 'How the network is trained', keys: trainTable },
  augment: { kind: 'group', doc: 'How images are varied in training', keys: augmentTable },
  evaluate: {
    kind: 'group',
    doc: 'How held-out images are judged; the name of a head sets its metrics',
    keys: evaluateTable,
    others: headMetrics,
  },
  budget: {
    kind: 'group',
    doc: 'What a sweep or comparison may take; one that cannot fit is not started',
    keys: budgetTable,
  },
  reported: { kind: 'group', doc: 'Published values by metric', keys: {}, others: published },
} as const satisfies Record<string, Table[string] | Group>;

/** A dataset's settings as plain data. */
export type DatasetSettings = Settled<typeof datasetTable>;
/** An experiment's settings as plain data; the metrics of heads are further keys of `evaluate`. */
export type ExperimentSettings = Settled<typeof experimentTable>;

// The run plan is what these tables describe: a difference is a compile error here.
true satisfies ExperimentSettings['train'] extends TrainSettings ? true : never;
true satisfies ExperimentSettings['augment'] extends AugmentSettings ? true : never;
true satisfies DatasetSettings['intensity'] extends readonly Intensity[] ? true : never;
true satisfies DatasetSettings['fit'] extends readonly FitStep[] ? true : never;
