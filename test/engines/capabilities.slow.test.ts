import { suite } from 'uvu';
import { openBackend } from '../../src/runtime/engines/choice/backend.ts';
import { OnnxEngine } from '../../src/runtime/engines/onnx/engine.ts';
import { planOf, sound } from '../support/compiled.ts';
import { trainsThreeSteps } from './three-steps.ts';

/** What a spec says beside the one path of an encoder and a decoder. */
interface Said {
  /** Blocks and losses that stand before the network. */
  readonly declared?: string;
  /** What follows the image in the network, up to the head `segmentation` of one sigmoid, unless `heads` gives others. */
  readonly network: string;
  readonly heads?: string;
  readonly loss?: string;
  readonly attributes?: string;
  readonly structures?: string;
  /** Names of the network's inputs, each of one channel. */
  readonly inputs?: readonly string[];
}

const mask = 'head segmentation: mask = end |> conv(1, kernel = 1) |> sigmoid()';
const features = 'let end = image |> conv(4) |> relu() |> conv(4, rate = 2)';
const vector = 'let end = image |> conv(4) |> relu() |> conv(4) |> global_avg_pool()';
const classes = 'head segmentation: mask = end |> conv(3, kernel = 1) |> softmax()';
const two = 'myocardium = 1\n cavity = 2';

const capabilities: Readonly<Record<string, Said>> = {
  'a block of several inputs, called as f(a, b)': {
    declared: `block Gate(channels: int) {
      input skip: [h, w, c]
      input signal: [h, w, _]
      let openness = relu(conv(skip, channels) + conv(signal, channels)) |> conv(1, kernel = 1) |> sigmoid()
      output skip * openness : [h, w, c]
    }`,
    network: 'let a = image |> conv(4) \n let b = image |> conv(3) \n let end = Gate(a, b, 4)',
  },
  'a block of several outputs': {
    declared: `block Halves() {
      input x: [h, w, c]
      output low  = x |> slice(0, c / 2)
      output high = x |> slice(c / 2, c / 2)
    }`,
    network: 'let halves = (image |> conv(6)) |> Halves() \n let end = halves.low * halves.high',
  },
  'a network of two inputs, fused': {
    inputs: ['t1', 'lge'],
    network: 'let end = concat(t1 |> conv(2), lge |> conv(3)) |> relu() |> conv(4)',
  },
  'a map times a map of one channel, plus a vector, minus a map, and numbers': {
    network: `let a = image |> conv(4)
      let v = a |> global_avg_pool() |> dense(4)
      let end = 0.5 * a * (a |> conv(1)) + v - (-a) / 2 + (1 - a)`,
  },
  'operations as values, partly applied': {
    declared: `block Unit(channels: int, norm: block = instance_norm, activation: block = leaky_relu(slope = 0.1)) {
      input x: [h, w, _]
      output x |> conv(channels) |> norm() |> activation() : [h, w, channels]
    }`,
    network: 'let end = image |> Unit(4) |> Unit(4, norm = batch_norm(momentum = 0.9), activation = swish)',
  },
  'structure chosen by a bool and by a number, repeats that are computed': {
    declared: `block Choosing(depth: int, residual: bool, kind: int) {
      input x: [h, w, _]
      let maps = x |> serial i in 0 .. depth - 1 { [conv(2 ** (i + 1)), conv(max(2, i), kernel = 1)][kind]() |> relu() }
      let wide = x |> parallel (r, c) in zip([1, 2], [2, 4]) { conv(c, rate = r) }
      output choose(residual, concat(...maps, ...wide), last(maps))
    }`,
    network: 'let end = image |> Choosing(3, true, 0)',
  },
  'gelu and layer_norm': { network: 'let end = image |> conv(4) |> layer_norm() |> gelu()' },
  'space_to_depth and depth_to_space': {
    network: 'let end = image |> conv(4) |> space_to_depth(2) |> conv(8) |> depth_to_space(2)',
  },
  'slices of rows, columns and channels': {
    network: `let a = image |> conv(4)
      let end = a |> slice(0, 16, axis = "height") |> slice(0, 16, axis = "width") |> slice(1, 2)`,
  },
  'matmul, transpose, reshape and softmax along an axis': {
    network: `let a = image |> conv(4)
      let t = a |> reshape(1, 256)
      let shares = matmul(t |> conv(4, kernel = 1), t |> conv(4, kernel = 1) |> transpose()) |> softmax_along("channels")
      let end = a + (matmul(shares, t) |> reshape(16, 16))`,
  },
  'attention of several heads': {
    network:
      'let a = image |> max_pool(2) |> conv(4) \n let end = (a + (a |> attention(2))) |> resize(16, 16)',
  },
  // What lies before it has no weights here, so that differences and the gradient must agree.
  stop_gradient: {
    network: 'let a = image |> conv(4) \n let end = a * (image |> stop_gradient() |> conv(4))',
  },
  'label heads of two attributes, one of several findings at once': {
    network: vector,
    heads: `head sex: label = end |> dense(2) |> softmax()
      head findings: label = end |> dense(3) |> sigmoid()`,
    attributes: `sex { classes = ["F", "M"] }
      findings {
        classes = ["scar", "oedema", "effusion"]
        several = true
      }`,
    loss: '0.5 * cross_entropy(sex, weights = [1, 2]) + 0.5 * bce(findings, smoothing = 0.1)',
  },
  ...Object.fromEntries(
    ['mse', 'mae', 'huber'].map((loss) => [
      `a value head with ${loss}`,
      {
        network: vector,
        heads: 'head t1: value = end |> dense(1)',
        attributes: 't1 {\n unit = "ms"\n scale = 60\n }',
        loss: `1.0 * ${loss}(t1)`,
      },
    ]),
  ),
  ...Object.fromEntries(
    [
      'tversky(segmentation, alpha = 0.4, beta = 0.6)',
      'focal_tversky(segmentation)',
      'categorical_focal(segmentation, weights = [1, 2, 3])',
      'cross_entropy(segmentation, weights = [1, 2, 3])',
      'dice(segmentation, background = false, reduction = "batch")',
      'jaccard(segmentation, weights = [1, 2, 3])',
      'boundary(segmentation) + dice(segmentation)',
    ].map((loss) => [
      `the loss ${loss}`,
      { network: features, heads: classes, structures: two, loss: `1.0 * (${loss})` },
    ]),
  ),
  'deep supervision in one line': {
    network: features,
    heads: `${mask}
      head half: mask = end |> avg_pool(2) |> conv(1) |> resize(16, 16) |> sigmoid()`,
    loss: 'deep_supervision(dice(segmentation) + bce(segmentation), also = [half])',
  },
  'a declared loss of masks, with distances': {
    declared: `loss Near(reach: real = 4) of mask {
      let near = exp(-(distance / reach) ** 2)
      output mean(near * (head - truth) ** 2) / mean(near) - mean(foreground(truth) * log(foreground(head)))
    }`,
    network: features,
    heads: classes,
    structures: two,
    loss: '1.0 * Near(segmentation, reach = 3)',
  },
  'a declared loss of numbers': {
    declared: `loss LogCosh(sharpness: real) of value {
      let off = sharpness * (head - truth)
      output mean(log((exp(off) + exp(-off)) / 2)) / sharpness
    }`,
    network: vector,
    heads: 'head t1: value = end |> dense(1)',
    attributes: 't1.unit = "ms"',
    loss: '1.0 * LogCosh(t1, sharpness = 1.5)',
  },
  'a declared loss of labels': {
    declared: `loss Hard(gamma: real) of label {
      output mean(sum((1 - head) ** gamma * -truth * log(head), per = image))
    }`,
    network: vector,
    heads: 'head sex: label = end |> dense(2) |> softmax()',
    attributes: 'sex { classes = ["F", "M"] }',
    loss: '1.0 * Hard(sex, gamma = 1.5)',
  },
};

const test = suite('what specs can say');
const engine = await OnnxEngine.start({ threads: 1 });
const { backend: wasm } = await openBackend({ name: 'wasm', threads: 1 });

for (const [title, said] of Object.entries(capabilities)) {
  test(`${title}: trains three steps on onnx and wasm, with the gradient of its definition`, async () => {
    const inputs = said.inputs ?? ['image'];
    const text = `
      ${said.declared ?? ''}
      network N {
        ${inputs.map((name) => `input ${name}: [16, 16, 1]`).join('\n')}
        ${said.network}
        ${said.heads ?? mask}
      }
      dataset Small {
        manifest = "../data/small.yaml"
        channels = ${inputs.length}
        fit      = [resize(16, 16)]
        structures {
          ${said.structures ?? 'myocardium = 1'}
        }
        ${said.attributes ? `attributes {\n${said.attributes}\n}` : ''}
      }
      experiment E {
        model = N()
        data  = Small
        loss  = ${said.loss ?? '0.5 * dice(segmentation) + 0.5 * bce(segmentation)'}
        train {
          optimizer = sgd(lr = 0.01)
          epochs    = 1
          batch     = 2
        }
        evaluate.folds = holdout(25%)
      }`;
    await trainsThreeSteps(title, planOf(sound(text), 'E'), [engine, wasm!]);
  });
}

test.after(() => engine.end());
test.run();
