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
  /** Values per pixel of a mask head, or per image of a label head. */
  readonly channels: number;
  /**
   * `binary`: one sigmoid — a mask of the only structure, or the probability of the positive class.
   * `multilabel`: a sigmoid per structure. `categorical`: a softmax — for masks channel 0 is the background and
   * channel i the i-th structure; for labels channel i is the i-th class.
   */
  readonly encoding: 'binary' | 'multilabel' | 'categorical';
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
  /** The class that counts as positive, and that a single sigmoid predicts. */
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
    /** `(1 − progress) ^ power`. Chen et al. 2017. */
    | { readonly kind: 'polynomial'; readonly power: number }
    /** Times `factor` after `patience` epochs without a better validation loss. */
    | { readonly kind: 'plateau'; readonly patience: number; readonly factor: number };
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
}

export interface EvaluateSettings {
  readonly folds: {
    readonly kind: 'kfold' | 'holdout';
    /** Number of folds; 1 for a holdout. */
    readonly count: number;
    /** The held-out fraction; 1/count for k folds. */
    readonly fraction: number;
    /** Whether every fold has the dataset's classes in proportion. */
    readonly stratify: boolean;
    /** `patient`: no patient is in two folds. `image`: images are dealt alone, which leaks; for demonstration. */
    readonly group: 'patient' | 'image';
  };
  /** Over all held-out images together, or the mean of the folds' values. */
  readonly aggregate: 'pooled' | 'mean_of_folds';
  readonly threshold: number;
  /** Mirror images whose predictions, mirrored back, are averaged with the image's own. */
  readonly flips: 'none' | 'horizontal' | 'vertical' | 'both';
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
