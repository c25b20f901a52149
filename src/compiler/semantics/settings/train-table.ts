import type { StartingWeights } from '../../plan/run-plan.ts';
import { call } from './calls.ts';
import { choice, flag, number, quantity, whole } from './constants.ts';
import { partFactors, parts, starting } from './parts.ts';
import { key, type Table } from './table.ts';
import { word } from './words.ts';

/** How the network of an `experiment` is trained. */
export const trainTable = {
  optimizer: key(
    call(
      {
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
          momentum: key(number({ minimum: 0, below: 1 }), 'How much of the last step is kept', {
            default: 0,
          }),
          nesterov: key(
            flag(),
            'Whether a step also looks ahead along the momentum; Sutskever et al. 2013, Sec. 2.1',
            { default: false },
          ),
        },
      },
      {
        rmsprop: 'Steps divided by the root of a moving mean of squared gradients, as in Keras 2.2.4',
        adam: 'The same with a moving mean of the gradients; Kingma and Ba 2015 (arXiv 1412.6980)',
        sgd: 'Steps along the gradient, with momentum where wished',
      },
    ),
    'How weights follow their gradients',
  ),
  epochs: key(whole({ minimum: 1 }), 'How often training sees all images', { example: '40' }),
  batch: key(whole({ minimum: 1 }), 'Images per step', { default: 8 }),
  accumulate: key(
    whole({ minimum: 1 }),
    'Batches whose gradients are averaged before weights change: equal to a batch so many times as large where no batch norm and no loss over the batch looks at its size',
    { default: 1 },
  ),
  seed: key(whole({ minimum: 0 }), 'Start of all random numbers: weights, folds, order, augmentation', {
    default: 0,
  }),
  head_bias: key(
    word('prior', 'zero'),
    'Where the biases of heads start: where the training images alone would put the answers (log-odds of each structure and class), beside kernels near zero, or at 0; Lin et al. 2017 (arXiv 1708.02002), Sec. 3.3 and 4.1',
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
    call(
      {
        constant: {},
        step: {
          every: key(whole({ minimum: 1 }), 'Epochs between changes', { example: '10' }),
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
            source: 'Chen et al. 2017 (arXiv 1606.00915); nnU-Net has the same',
          }),
          by: key(
            choice('step', 'epoch'),
            'Whether it changes at every step or, as nnU-Net has it, every epoch',
            { default: 'step' as const },
          ),
        },
        one_cycle: {
          rise: key(number({ above: 0, below: 1 }), 'The share of training over which the rate rises', {
            default: 0.3,
            source: 'as PyTorch has it',
          }),
          first: key(number({ above: 0, maximum: 1 }), 'The share of the rate at the start', {
            default: 0.04,
          }),
          last: key(number({ minimum: 0, maximum: 1 }), 'The share that is left at the end', {
            default: 0.000004,
            written: '0.0004%',
          }),
        },
        plateau: {
          patience: key(whole({ minimum: 1 }), 'Epochs without a better validation loss before a change', {
            default: 5,
          }),
          factor: key(number({ above: 0, below: 1 }), 'What is left after each change', { default: 0.1 }),
        },
      },
      {
        constant: 'The rate stays',
        step: 'The rate drops every so many epochs',
        exponential: 'The rate drops by the same factor in each epoch',
        cosine: 'The rate goes down half a cosine, step by step',
        polynomial: 'The rate goes down as a power of what is left of training',
        one_cycle: 'The rate rises and then falls along cosines, once',
        plateau: 'The rate drops when the validation loss gets no better',
      },
    ),
    'How the learning rate changes; cosine is of Loshchilov and Hutter 2017 (arXiv 1608.03983), one_cycle of Smith 2018 (arXiv 1803.09820) without its momentum',
    { default: { kind: 'constant' } as const, written: 'constant()', source: 'Sec. 4.2' },
  ),
  freeze: key(
    parts,
    'Parts of the network whose weights stay as they are; the statistics of their norms go on moving',
    { default: [] as readonly string[], written: 'none' },
  ),
  rates: key(
    partFactors,
    'What the learning rate of parts of the network is multiplied by; the innermost part counts',
    {
      default: {} as Readonly<Record<string, number>>,
      written: 'none',
    },
  ),
  start: key(
    starting,
    'Runs whose weights the network, or parts of it, start with; heads of the whole network that the run does not have start at random',
    { default: [] as readonly StartingWeights[], written: 'random weights' },
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
