import type { HeadKind } from '../ir/graph.ts';
import type { LayersPlan } from '../targets/tfjs/plan.ts';
import type { LossFormula } from './loss/formula.ts';

/**
 * One experiment, variant or cell of a sweep, resolved to plain data: everything that the runtime needs to train and
 * evaluate it. It holds no syntax, can be written as JSON, and can be sent to another process.
 */
export interface RunPlan {
  readonly version: 1;
  /** The experiment as the user names it: `Paper`, `NoDac`, `SerialRates[1]`. */
  readonly experiment: string;
  /** The path of the spec, as given. */
  readonly source: string;
  /** Identity of graph, loss, data settings and training settings; names, comments and formatting do not matter. */
  readonly hash: string;
  readonly network: LayersPlan;
  readonly heads: readonly HeadPlan[];
  /** The loss as a weighted sum over heads: equation 6. Terms with weight 0 are left out. */
  readonly loss: readonly LossTerm[];
  readonly data: DataPlan;
  readonly train: TrainSettings;
  readonly augment: AugmentSettings;
  readonly evaluate: EvaluateSettings;
  /** Published values by metric path, such as `segmentation.dsc` → 0.8214. */
  readonly reported: Readonly<Record<string, number>>;
}

export interface HeadPlan {
  readonly name: string;
  readonly kind: HeadKind;
  /** Values per pixel of a mask head, or per image of a label or value head. */
  readonly channels: number;
  /**
   * `binary`: one sigmoid — a mask of the only structure, or the probability of the positive class.
   * `multilabel`: a sigmoid per structure, or per class where several may be true. `categorical`: a softmax — for masks
   * channel 0 is the background and channel i the i-th structure; for labels channel i is the i-th class. `number`: the
   * value itself, in `scale`s of its attribute's unit.
   */
  readonly encoding: 'binary' | 'multilabel' | 'categorical' | 'number';
  /** The attribute of the data that it predicts; absent for masks, and for labels that are the dataset's own classes. */
  readonly attribute?: string;
  /** False when the loss gives the head no weight. */
  readonly trained: boolean;
}

/** One summand of the loss: `weight · loss(head)`. */
export type LossTerm = {
  readonly weight: number;
  readonly head: string;
} & (
  | {
      /** Jaccard distance, equation 3; Dice loss 1 − 2I/(|Y|+|Ŷ|). */
      readonly loss: 'jaccard' | 'dice';
      /** Added to numerator and denominator, so that an empty mask predicted empty costs nothing. */
      readonly smooth: number;
      /** Whether the sums run over each image, then averaged, or over the whole batch. */
      readonly reduction: 'image' | 'batch';
      /** False leaves channel 0 of a categorical mask out of the mean over channels; true where it is absent. */
      readonly background?: boolean;
      /** Of each channel that counts, in the mean over channels; all alike where absent. */
      readonly weights?: readonly number[];
    }
  | {
      /** Binary cross entropy, equation 5, mean over values. */
      readonly loss: 'bce';
      /** The share of every truth that is spread evenly over all answers; 0 where it is absent. Szegedy et al. 2016. */
      readonly smoothing?: number;
    }
  | {
      /** Categorical cross entropy, equation 4, mean over pixels. */
      readonly loss: 'cross_entropy';
      readonly smoothing?: number;
      /** Of each class; the mean is over pixels by the weights of their true classes. All alike where absent. */
      readonly weights?: readonly number[];
    }
  | { /** Lin et al. 2017. */ readonly loss: 'focal'; readonly gamma: number; readonly alpha: number }
  | {
      /** The same of classes that exclude each other. */
      readonly loss: 'categorical_focal';
      readonly gamma: number;
      readonly weights?: readonly number[];
    }
  | {
      /** Salehi et al. 2017: `alpha` weighs what is wrongly marked, `beta` what is missed. */
      readonly loss: 'tversky';
      readonly alpha: number;
      readonly beta: number;
      readonly smooth: number;
      readonly reduction: 'image' | 'batch';
      readonly background: boolean;
    }
  | {
      /** Abraham and Khan 2019: the distance to the power `1 / gamma`. */
      readonly loss: 'focal_tversky';
      readonly alpha: number;
      readonly beta: number;
      readonly gamma: number;
      readonly smooth: number;
      readonly reduction: 'image' | 'batch';
      readonly background: boolean;
    }
  | { /** Kervadec et al. 2019. */ readonly loss: 'boundary' }
  | {
      /** A loss that the spec declares. */
      readonly loss: 'declared';
      readonly name: string;
      /** Its parameters as the language writes them, by name. */
      readonly parameters: Readonly<Record<string, string>>;
    }
  | { /** Mean of squares, or of absolute values, of the differences. */ readonly loss: 'mse' | 'mae' }
  | {
      /** Huber 1964: d² / 2 of differences up to `delta`, `delta · (|d| − delta / 2)` beyond. */
      readonly loss: 'huber';
      readonly delta: number;
    }
) & {
    /** What is computed, for losses that no engine has a rule of its own for. */
    readonly formula?: LossFormula;
  };

export interface DataPlan {
  /** The dataset's name in the spec. */
  readonly name: string;
  readonly source:
    | {
        readonly kind: 'manifest';
        /** Relative to the working directory, or absolute. */
        readonly path: string;
        /**
         * A digest of all images, masks and labels, which takes the path's place in the plan's identity. The runtime hands
         * it in once it has read them; a plan as compiled has none.
         */
        readonly content?: string;
      }
    | {
        readonly kind: 'phantom';
        readonly images: number;
        readonly seed: number;
        readonly difficulty: 'easy' | 'paper' | 'hard';
        /** The fraction of images whose subject is diseased; 77/654 in the paper. */
        readonly diseased: number;
        /** `[height, width]` of the images drawn. */
        readonly size: readonly [number, number];
      };
  /** Patients that a quick trial takes; all where left out. `cmrc train --limit` says it, no spec does. */
  readonly limit?: number;
  /** Declared size of the files' images `[height, width, channels]`; null when they vary. */
  readonly image: readonly [number, number, number] | null;
  /** Channels of one image where `image` does not say them; 1 where left out. */
  readonly channels?: number;
  /** Slices on each side of a slice that are further channels of it; 0 where left out. */
  readonly neighbours?: number;
  /** How an image reaches the network's input size; applied in order, undone in reverse for predictions. */
  readonly fit: readonly FitStep[];
  /** One way for all channels, or one for each channel of the files. */
  readonly intensity: Intensity | readonly Intensity[];
  /** The unit of the images' values, where the spec says one. */
  readonly unit?: string;
  /** The diagnosis classes in order; `labels` are the manifest's labels that belong to it. */
  readonly classes: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** What else rows say of images and patients, by name, in the order written; absent where nothing is named. */
  readonly attributes?: readonly AttributePlan[];
  /** The class that counts as positive, and that a single sigmoid predicts; empty where none is named. */
  readonly positive: string;
  /** The structures that masks show, with the mask values that belong to them; no values means every value but 0. */
  readonly structures: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** What the manifest must hold. */
  readonly expect: {
    readonly images: number | null;
    readonly patients: number | null;
    /** By class name. */
    readonly classes: Readonly<Record<string, number>>;
  };
}

/** What the data say of an image or a patient beside masks and diagnosis: what a label or a value head predicts. */
export type AttributePlan = LabelAttribute | ValueAttribute;

/** One of some classes, or several of them at once. */
export interface LabelAttribute {
  readonly kind: 'label';
  readonly name: string;
  /** The name in the rows of the manifest. */
  readonly column: string;
  readonly classes: DataPlan['classes'];
  /** The class that counts as positive; null where none does. */
  readonly positive: string | null;
  /** Whether a row lists all classes that are true of it, which may be none. */
  readonly several: boolean;
}

/** A number with a unit. */
export interface ValueAttribute {
  readonly kind: 'value';
  readonly name: string;
  /** The name in the rows of the manifest. */
  readonly column: string;
  /** The unit of the numbers, for people: `%`, `ms`, `mm`. */
  readonly unit: string;
  /** What a number is divided by to be a value of the head. */
  readonly scale: number;
  /** Whether each image has a number of its own, or all images of a patient the same. */
  readonly of: 'image' | 'patient';
  /** A difference in the unit that makes no practical difference. */
  readonly margin: number;
}

export type FitStep =
  /** Zero padding on both sides, the odd pixel at the end; errors when the image is larger. */
  | { readonly kind: 'pad'; readonly height: number; readonly width: number }
  /** The centre; errors when the image is smaller. */
  | { readonly kind: 'crop'; readonly height: number; readonly width: number }
  /** Pads or crops each axis around the centre. */
  | { readonly kind: 'center'; readonly height: number; readonly width: number }
  /** Bilinear for images, nearest for masks; changes the aspect ratio where needed. */
  | { readonly kind: 'resize'; readonly height: number; readonly width: number }
  /** Scales so that the longer side has this many pixels; keeps the aspect ratio. */
  | { readonly kind: 'longest'; readonly size: number }
  /** Scales so that pixels are this many mm apart; needs the spacing of the image, the size follows from it. */
  | { readonly kind: 'resample'; readonly spacing: number };

export type Intensity =
  /** value / scale, clipped to [low, high]; keeps quantitative T1 (ms) comparable between images. */
  | { readonly kind: 'fixed'; readonly scale: number; readonly low: number; readonly high: number }
  | { readonly kind: 'zscore' }
  | { readonly kind: 'minmax' }
  /** The low and high percentiles (0 to 1) become 0 and 1; clipped. */
  | { readonly kind: 'percentile'; readonly low: number; readonly high: number };

export interface TrainSettings {
  /** RMSprop as in Keras 2.2.4: a ← ρa + (1−ρ)g²; p ← p − lr·g/(√a + ε). */
  readonly optimizer:
    | { readonly kind: 'rmsprop'; readonly lr: number; readonly rho: number; readonly epsilon: number }
    | {
        readonly kind: 'adam';
        readonly lr: number;
        readonly beta1: number;
        readonly beta2: number;
        readonly epsilon: number;
      }
    | {
        readonly kind: 'sgd';
        readonly lr: number;
        readonly momentum: number;
        /** Whether the gradient's own part is as far ahead as its velocity; false where it is absent. Nesterov 1983. */
        readonly nesterov?: boolean;
      };
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /**
   * Where the biases of heads start: at the class prior of the fold's training images, or at 0, as they do in runs made
   * before there was a choice.
   */
  readonly head_bias?: 'prior' | 'zero';
  /** How often training may begin again with other random weights when masks stay empty or full; 0 where left out. */
  readonly restart?: number;
  /** How many training batches recompute the batch-norm statistics before each evaluation; 0 leaves the moving averages. */
  readonly recalibrate: number;
  /** How the optimizer's learning rate changes over training; factors are of that rate. */
  readonly schedule:
    | { readonly kind: 'constant' }
    /** Times `factor` after every `every` epochs. */
    | { readonly kind: 'step'; readonly every: number; readonly factor: number }
    /** Times `factor` after every epoch, step by step in between. */
    | { readonly kind: 'exponential'; readonly factor: number }
    /** Down half a cosine to the share `final`. Loshchilov and Hutter 2017. */
    | { readonly kind: 'cosine'; readonly final: number }
    /** `(1 − progress) ^ power`, step by step or, as nnU-Net has it, epoch by epoch. Chen et al. 2017; Isensee et al. 2021. */
    | { readonly kind: 'polynomial'; readonly power: number; readonly by?: 'step' | 'epoch' }
    /** Up half a cosine from the share `first` over the share `rise` of training, then down to the share `last`. Smith 2018. */
    | { readonly kind: 'one_cycle'; readonly rise: number; readonly first: number; readonly last: number }
    /** Times `factor` after `patience` epochs without a better validation loss. */
    | { readonly kind: 'plateau'; readonly patience: number; readonly factor: number };
  /** Batches whose gradients are averaged before weights change; 1 where left out. */
  readonly accumulate?: number;
  /** Parts of the network whose weights stay as they are, by path: `encoder`, `encoder/f1`. */
  readonly freeze?: readonly string[];
  /** By path of a part of the network, what its learning rate is multiplied by. */
  readonly rates?: Readonly<Record<string, number>>;
  /** Whose weights training starts with, instead of random ones; later entries go over earlier ones. */
  readonly start?: readonly StartingWeights[];
  /** Epochs over which the learning rate first rises from 0 in a line. Goyal et al. 2017. */
  readonly warmup: number;
  /** The longest that all gradients together may be; null for any length. Pascanu et al. 2013. */
  readonly clip: number | null;
  /** `uncertainty`: the losses of heads are weighed by variances that are trained as well. Kendall et al. 2018. */
  readonly weighting: 'fixed' | 'uncertainty';
  /** What kernels lose of themselves at every step, times the learning rate. Loshchilov and Hutter 2019. */
  readonly weight_decay: number;
  /** What the average of the weights, which then predicts, keeps at every step; null for none. Tarvainen and Valpola 2017. */
  readonly average: number | null;
  /** `balanced`: every class is shown equally often. Buda et al. 2018. */
  readonly sampling: 'every' | 'balanced';
  /** MB that a compiled training step may take, by computing values anew instead of keeping them; null for what it takes. It is no part of a run's identity. */
  readonly memory?: number | null;
  /** Share of the training side, whole patients, that only judges: never held-out images. 0 for none. */
  readonly validation: number;
  /** Epochs without a better validation loss after which training ends; null trains all. Prechelt 1998. */
  readonly patience: number | null;
  /** Whose weights are evaluated: of the last epoch, or of the one with the best validation loss. */
  readonly keep: 'last' | 'best';
}

/** Weights of another run, of a fold as its plan judges it. */
export interface StartingWeights {
  /** The part of the network that gets them, by path, and the part of the run's network that they are of; empty for all. */
  readonly part: string;
  /** The folder of the run, relative to the working directory, or absolute. */
  readonly run: string;
  readonly fold: number;
  /** What the run is: the hash of its plan, and a digest of the weights. The runtime hands it in; a plan as compiled has none. */
  readonly identity?: string;
}

export interface AugmentSettings {
  /** Degrees, `[low, high]`; null for none. */
  readonly rotate: readonly [number, number] | null;
  /** Fractions of height and width, `[low, high]`; null for none. */
  readonly shift: readonly [number, number] | null;
  /** Factors of the size, `[low, high]`; null for none. */
  readonly scale: readonly [number, number] | null;
  /** Exponents of the intensity between an image's darkest and brightest value, `[low, high]`; null for none. */
  readonly gamma: readonly [number, number] | null;
  /** Mirroring by the toss of a coin: `horizontal` swaps left and right. */
  readonly flip: 'none' | 'horizontal' | 'vertical' | 'both';
  /** Deviation of noise that is added, in deviations of the image, `[low, high]`; null or absent for none, as all below. */
  readonly noise?: readonly [number, number] | null;
  /** Deviation of a Gaussian blur in pixels. */
  readonly blur?: readonly [number, number] | null;
  /** Factors of all values. */
  readonly brightness?: readonly [number, number] | null;
  /** Factors of the distance from the image's mean, within its darkest and brightest value. */
  readonly contrast?: readonly [number, number] | null;
  /** Shares of rows and columns that are kept before the image is enlarged again. */
  readonly resolution?: readonly [number, number] | null;
  /** Mean length of an elastic displacement in shares of the image's size. */
  readonly elastic?: readonly [number, number] | null;
  /** Strength of a bias field: the logarithm of its largest factor. */
  readonly bias_field?: readonly [number, number] | null;
  /** How often each is applied; always where left out. */
  readonly chance?: Readonly<Partial<Record<AugmentedBy, number>>>;
}

/** What an image is varied by. */
export type AugmentedBy =
  | 'rotate'
  | 'shift'
  | 'scale'
  | 'gamma'
  | 'noise'
  | 'blur'
  | 'brightness'
  | 'contrast'
  | 'resolution'
  | 'elastic'
  | 'bias_field';

export interface EvaluateSettings {
  readonly folds: {
    readonly kind: 'kfold' | 'holdout';
    /** Number of folds; 1 for a holdout. */
    readonly count: number;
    /** The held-out fraction; 1/count for k folds. */
    readonly fraction: number;
    /** Whether every fold has the dataset's classes in proportion; or the attribute of which it has the classes so. */
    readonly stratify: boolean | string;
    /** `patient`: no patient is in two folds. `image`: images are dealt alone, which leaks; for demonstration. */
    readonly group: 'patient' | 'image';
  };
  /** Over all held-out images together, or the mean of the folds' values. */
  readonly aggregate: 'pooled' | 'mean_of_folds';
  readonly threshold: number;
  /** Mirror images whose predictions, mirrored back, are averaged with the image's own. */
  readonly flips: 'none' | 'horizontal' | 'vertical' | 'both';
  /** Turned images whose predictions, turned back, are averaged too: by half a turn, or by all quarters; none where left out. */
  readonly turns?: 'none' | 'half' | 'quarters';
  /** `largest` keeps of each structure only the largest connected component. */
  readonly components: 'all' | 'largest';
  /** Millimetres up to which borders count as equal, for `nsd`; absent where none is stated. */
  readonly tolerance?: number;
  /** Metric names by head, in the order written. */
  readonly metrics: Readonly<Record<string, readonly string[]>>;
  /** What makes no practical difference; records of older runs do not say. */
  readonly margins?: Margins;
}

/** Differences up to which two networks are equal in practice. */
export interface Margins {
  /** Of metrics without a unit. */
  readonly share: number;
  /** Of distances, in mm or pixels. */
  readonly distance: number;
}
