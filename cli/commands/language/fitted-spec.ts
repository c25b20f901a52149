import { relative } from 'node:path';
import type { FingerprintReport, Recipe } from '../../../src/runtime/index.ts';

/** What a spec is fitted to. */
export interface Fitted {
  readonly facts: FingerprintReport;
  readonly recipe: Recipe;
  /** The folder that the spec is written to; its manifest is named from there. */
  readonly folder: string;
}

/**
 * What `cmrc init --for` writes: the recipe of `specs/strong.cmrnet` as one file, with a U-Net, a dataset and a training
 * that suit a manifest.
 */
export function fittedSpec({ facts, recipe, folder }: Fitted): string {
  const { structures } = recipe;
  return [
    'cmrnet 1',
    blocks,
    network(recipe, facts.channels, structures.length + 1),
    dataset(facts, recipe, relative(folder, facts.manifest)),
    experiment(recipe, facts.classes.length > 1),
  ].join('\n\n');
}

const blocks = `/// Convolution, instance norm and leaky ReLU. Isensee et al. 2021 (nnU-Net).
block Normed(channels: int, stride: int = 1) {
  input x: [h, w, _]
  output x
    |> conv(channels, stride = stride, bias = false, init = "he_normal")
    |> instance_norm(0.00001)
    |> leaky_relu(0.01)
}

/// Two of them.
block Pair(channels: int, stride: int = 1) {
  input x: [h, w, _]
  output x |> Normed(channels, stride = stride) |> Normed(channels) : [_, _, channels]
}

/// Twice the size.
block Risen(channels: int) {
  input x: [h, w, _]
  output x |> conv_transpose(channels, 2, stride = 2, init = "he_normal") : [2 * h, 2 * w, channels]
}

/// The answer of a lower level in the size of the image: a head that shortens the way of the gradient.
block Companion(classes: int, height: int, width: int) {
  input x: [h, w, _]
  output x |> conv(classes, kernel = 1) |> resize(height, width) |> softmax()
}`;

/** Heads below the finest level, as many as there are levels for. */
const companions = ['half', 'quarter'];

function network({ fitting, levels }: Recipe, channels: number, classes: number): string {
  const { height, width } = fitting;
  const deepest = levels.length - 1;
  const down = levels.map((own, level) =>
    level === 0
      ? `    let d0 = image |> Pair(${own})`
      : `    let d${level} = d${level - 1} |> Pair(${own}, stride = 2)`,
  );
  const up = levels.slice(0, -1).map((own, level) => {
    const below = level === deepest - 1 ? `down.d${deepest}` : `u${level + 1}`;
    return `    let u${level} = concat(down.d${level}, ${below} |> Risen(${own})) |> Pair(${own})`;
  });
  const lower = companionsOf(levels).map(
    (name, index) => `  head ${name}: mask = up.u${index + 1} |> Companion(${classes}, ${height}, ${width})`,
  );
  const smallest = `${height / 2 ** deepest}×${width / 2 ** deepest}`;
  return [
    `/// A U-Net of ${levels.length} levels, ${smallest} at the bottom: halved as long as 4 pixels are left, five times at most.`,
    'network FittedUNet {',
    `  input image: [${height}, ${width}, ${channels}]`,
    '',
    '  stage down {',
    ...down,
    '  }',
    '',
    '  stage up {',
    ...up.reverse(),
    '  }',
    '',
    `  head segmentation: mask = up.u0 |> conv(${classes}, kernel = 1) |> softmax()`,
    ...lower,
    '}',
  ].join('\n');
}

function companionsOf(levels: readonly number[]): readonly string[] {
  return companions.slice(0, Math.max(0, levels.length - 2));
}

function dataset(facts: FingerprintReport, { fitting, structures }: Recipe, manifest: string): string {
  const { images, patients, classes } = facts;
  const intensity = facts.suggestions.find(({ setting }) => setting.startsWith('intensity'))!;
  const rarest = [...classes].sort((one, other) => one.patients - other.patients)[0];
  const path = manifest.startsWith('.') ? manifest : `./${manifest}`;
  return [
    `/// ${images} images of ${patients} patients. Fit: ${fitting.reason}.`,
    `/// Intensity: ${intensity.reason}.`,
    'dataset Images {',
    `  manifest  = ${quoted(path.replaceAll('\\', '/'))}`,
    `  fit       = ${fitting.fit}`,
    `  ${intensity.setting}`,
    ...(facts.channels > 1 ? [`  channels  = ${facts.channels}`] : []),
    ...(classes.length > 1 && rarest !== undefined
      ? [
          `  classes   = [${classes.map(({ label }) => quoted(label)).join(', ')}]`,
          `  positive  = ${quoted(rarest.label)}`,
        ]
      : []),
    '',
    ...(structures.every(({ isNamed }) => isNamed)
      ? []
      : [
          '  // Name what these mask values are: `myocardium`, `left_ventricle` and `right_ventricle` are also measured as a heart.',
        ]),
    '  structures {',
    ...structures.map(({ name, value }) => `    ${name} = ${value}`),
    '  }',
    '}',
  ].join('\n');
}

function experiment({ levels, batch, epochs }: Recipe, hasClasses: boolean): string {
  const heads = ['segmentation', ...companionsOf(levels)];
  const weights = heads.map((_, level) => 2 ** -level);
  const sum = 2 * weights.reduce((total, weight) => total + weight, 0);
  const terms = heads.map((head, level) => {
    const weight = Number((weights[level]! / sum).toFixed(3));
    return `${weight} * (dice(${head}, reduction = "batch", background = false) + cross_entropy(${head}))`;
  });
  return [
    '/// Overlap of the structures over the batch and cross entropy at each resolution, decoupled weight decay, a rate that',
    '/// runs out, averaged weights, varied images, mirrored predictions, the largest component.',
    'experiment Fitted {',
    '  model = FittedUNet()',
    '  data  = Images',
    `  loss  = ${terms.join('\n    + ')}`,
    '',
    '  train {',
    '    optimizer    = adam(lr = 0.002)',
    '    weight_decay = 0.01',
    '    schedule     = polynomial()',
    '    warmup       = 0.5',
    '    clip         = 5',
    '    average      = 0.99',
    `    epochs       = ${epochs}`,
    `    batch        = ${batch}`,
    '    seed         = 1',
    '    recalibrate  = 16',
    '    restart      = 1',
    '  }',
    '',
    '  augment {',
    '    rotate = -20deg .. 20deg',
    '    shift  = -10% .. 10%',
    '    scale  = 0.85 .. 1.2',
    '    gamma  = 0.7 .. 1.5',
    '    flip   = horizontal',
    '  }',
    '',
    '  evaluate {',
    `    folds        = holdout(20%${hasClasses ? ', stratify = classes' : ''})`,
    '    flips        = horizontal',
    '    components   = largest',
    '    segmentation = [dsc, dsc_per_patient, hd95]',
    ...companionsOf(levels).map((head) => `    ${head.padEnd(12)} = []`),
    '  }',
    '}',
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
