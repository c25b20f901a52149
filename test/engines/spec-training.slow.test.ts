import { suite } from 'uvu';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { openBackend } from '../../src/runtime/engines/choice/backend.ts';
import { OnnxEngine } from '../../src/runtime/engines/onnx/engine.ts';
import { planOf, sound } from '../support/compiled.ts';
import { trainsThreeSteps } from './three-steps.ts';

/** The networks of specs, small, with losses of every kind between them. */
const trained: Readonly<
  Record<
    string,
    { readonly spec: string; readonly model: string; readonly loss: string; readonly attributes?: string }
  >
> = {
  'an attention U-Net': {
    spec: 'attention-u-net',
    model: 'AttentionUNet(size = [32, 32], width = 4)',
    loss: '0.5 * focal_tversky(segmentation) + 0.5 * bce(segmentation)',
  },
  'a U-Net of any depth': {
    spec: 'any-u-net',
    model: 'AnyUNet(size = 16, depth = 2, width = 2)',
    loss: '0.5 * Own(segmentation, alpha = 0.4) + 0.5 * boundary(segmentation)',
  },
  'a U-Net with a transformer': {
    spec: 'transformer-u-net',
    model: 'TransformerUNet(size = 16, width = 4, layers = 2)',
    loss: '0.5 * tversky(segmentation) + 0.5 * bce(segmentation)',
  },
  'a U-Net with deep supervision': {
    spec: 'strong',
    model: 'StrongUNet(size = [16, 16], width = 4)',
    loss: `0.5 * deep_supervision(
      dice(segmentation, weights = [1, 2, 3, 4]) + categorical_focal(segmentation),
      also = [half, quarter],
    )`,
  },
  'a network of a mask and a number': {
    spec: 'measures',
    model: 'MaskAndNumber(size = 16, width = 4)',
    loss: '0.5 * dice(segmentation) + 0.5 * huber(wall_thickness)',
    attributes: 'wall_thickness.unit = "mm"',
  },
  'a network of labels and a number': {
    spec: 'attributes',
    model: 'Attributes(size = 16, width = 4)',
    loss: '0.3 * cross_entropy(condition) + 0.3 * bce(findings) + 0.4 * mse(t1)',
    attributes: `condition.classes = ["normal", "hypertrophic", "dilated", "mild"]
      findings {
        classes = ["scar", "thick_wall", "wide_cavity"]
        several = true
      }
      t1.unit = "ms"`,
  },
};

function smallPlan({ spec, model, loss, attributes = '' }: (typeof trained)[string]): RunPlan {
  const [name] = model.split('(');
  const size = /\d+/.exec(model)![0];
  const structures = spec === 'strong' ? 'a = 1\nb = 2\nc = 3' : 'a = 1';
  const text = `
    import { ${name} } from "./${spec}.cmrnet"

    loss Own(alpha: real) of mask {
      let hits  = sum(head * truth, per = [image, class])
      let wrong = sum(abs(head - truth), per = [image, class])
      output mean(alpha * wrong / (hits + alpha * wrong + 1)) - mean(truth * log(head))
    }
    dataset Small {
      source = phantom(images = 16, height = 64, width = 64)
      fit    = [resize(${size}, ${size})]
      structures {
        ${structures}
      }
      ${attributes && `attributes {\n${attributes}\n}`}
    }
    experiment E {
      model = ${model}
      data  = Small
      loss  = ${loss}
      train {
        optimizer = sgd(lr = 0.01)
        epochs    = 1
        batch     = 2
      }
      evaluate.folds = holdout(25%)
    }`;
  return planOf(sound(text), 'E');
}

const test = suite('networks of specs');
const engine = await OnnxEngine.start({ threads: 1 });
const { backend: wasm } = await openBackend({ name: 'wasm', threads: 1 });

for (const [title, wanted] of Object.entries(trained)) {
  test(`${title} trains three steps on every engine, with the gradient of its definition`, async () => {
    await trainsThreeSteps(title, smallPlan(wanted), [engine, wasm!]);
  });
}

test.after(() => engine.end());
test.run();
