import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signedDistances } from '../../src/compiler/interpret/signed-distance.ts';
import { trainableCount } from '../../src/compiler/ir/count.ts';
import { distanceHeads } from '../../src/compiler/plan/loss/built-in.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { evaluateStep } from '../../src/compiler/step/evaluate.ts';
import { trainingProgram } from '../../src/compiler/step/programs.ts';
import { graphOfPlan } from '../../src/compiler/targets/tfjs/graph.ts';
import type { Batch } from '../../src/runtime/data/batches/data-source.ts';
import { openBackend } from '../../src/runtime/engines/choice/backend.ts';
import { OnnxEngine } from '../../src/runtime/engines/onnx/engine.ts';
import { type Given, inputsOf, randomTruths, randomWeights, reference } from '../step/networks.ts';
import { distance, randomTensor } from '../step/support.ts';
import { planOf, sound, soundFile } from '../support/compiled.ts';

/** Parameters of PyTorch models that were written from the same drawings: of a network's defaults, or of what an experiment makes of it. */
const counted: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'specs/attention-u-net.cmrnet': { AttentionUNet: 32_081_925 },
  'specs/any-u-net.cmrnet': { AnyUNet: 486_409 },
  'specs/transformer-u-net.cmrnet': { TransformerUNet: 1_275_793, Demo: 55_941 },
};

const counts = suite('networks beside PyTorch');

for (const [path, numbers] of Object.entries(counted)) {
  counts(`${path} has as many parameters that training changes`, () => {
    const { networks, experiments } = soundFile(path);
    for (const [name, count] of Object.entries(numbers)) {
      const graph =
        networks.find((network) => network.name === name)?.graph ??
        experiments.find((experiment) => experiment.name === name)?.graph;
      assert.is(trainableCount(graph!), count, name);
    }
  });
}

counts.run();

/** The networks of specs, small, with losses of every kind between them. */
const trained: Readonly<
  Record<string, { readonly spec: string; readonly model: string; readonly loss: string }>
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
};

function smallPlan({ spec, model, loss }: (typeof trained)[string]): RunPlan {
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
    const plan = smallPlan(wanted);
    const graph = graphOfPlan(plan.network);
    const images = randomTensor(`images ${title}`, [2, ...graph.nodes[0]!.shape]);
    const given: Given = { graph, images, truths: randomTruths(graph, 2), weights: randomWeights(graph) };
    const step = { loss: plan.loss, optimizer: { kind: 'sgd', lr: 1, momentum: 0 }, batch: 2 } as const;
    const program = trainingProgram(graph, step);
    const found = evaluateStep(program, inputsOf(program, given, { rate: 1 }));
    const names = [...graph.weights.values()].filter(({ trainable }) => trainable).map(({ name }) => name);
    const expected = reference(given, plan.loss);
    assert.ok(Math.abs(found.get('loss')!.data[0]! - expected.loss) < 1e-9, 'the loss is the interpreter’s');

    // Along a random direction of all weights.
    const along = new Map(
      names.map((name) => [name, randomTensor(name, [given.weights.get(name)!.length]).data]),
    );
    const length = Math.hypot(...[...along.values()].map((values) => Math.hypot(...values)));
    const width = 1e-4;
    const moved = (sign: number) => {
      const weights = [...given.weights].map(([name, values]) => {
        const shift = along.get(name);
        return [name, values.map((value, i) => value + (sign * width * (shift?.[i] ?? 0)) / length)] as const;
      });
      return reference(given, plan.loss, new Map(weights)).loss;
    };
    const numeric = (moved(1) - moved(-1)) / (2 * width);
    let analytic = 0;
    let square = 0;
    for (const [name, direction] of along) {
      const next = found.get(`weight/${name}`)!.data;
      for (const [i, value] of given.weights.get(name)!.entries()) {
        analytic += ((value - next[i]!) * direction[i]!) / length;
        square += (value - next[i]!) ** 2;
      }
    }
    // Rectified units and poolings have kinks that a difference may cross.
    assert.ok(
      Math.abs(analytic - numeric) < 1e-3 * Math.sqrt(square),
      `${analytic}, differences say ${numeric}`,
    );

    const truths = [...given.truths];
    const batch: Batch = {
      ids: ['1', '2'],
      images: Float32Array.from(images.data),
      targets: Object.fromEntries(truths.map(([head, { data }]) => [head, Float32Array.from(data)])),
      distances: Object.fromEntries(
        distanceHeads(plan.loss).map((head) => [
          head,
          Float32Array.from(signedDistances(given.truths.get(head)!).data),
        ]),
      ),
    };
    const losses: number[][] = [];
    const gradients: Float32Array[] = [];
    for (const one of [engine, wasm!]) {
      const trainer = await one.trainer(plan);
      const { weights, optimizer, state } = await trainer.snapshot();
      const start = new Map(
        [...weights].map(([name, { shape }]) => [
          name,
          { shape, values: Float32Array.from(given.weights.get(name)!) },
        ]),
      );
      await trainer.restore({ weights: start, optimizer, state });
      losses.push([(await trainer.step(batch, 0.01)).loss]);
      const after = (await trainer.snapshot()).weights;
      gradients.push(
        Float32Array.from(
          names.flatMap((name) =>
            [...after.get(name)!.values].map((v, i) => (start.get(name)!.values[i]! - v) / 0.01),
          ),
        ),
      );
      for (let count = 0; count < 2; count++) losses.at(-1)!.push((await trainer.step(batch, 0.01)).loss);
      await trainer.dispose();
    }
    const exact = names.flatMap((name) =>
      [...given.weights.get(name)!].map((value, i) => value - found.get(`weight/${name}`)!.data[i]!),
    );
    for (const [place, values] of gradients.entries()) {
      assert.ok(
        Math.abs(losses[place]![0]! - expected.loss) < 1e-4 * Math.max(1, expected.loss),
        'the first loss',
      );
      // A step of float32 is a difference of weights, so its digits are few.
      assert.ok(distance(values, exact) < 5e-3, `engine ${place}: off by ${distance(values, exact)}`);
    }
    for (const [i, loss] of losses[0]!.entries()) {
      assert.ok(Math.abs(loss - losses[1]![i]!) < 1e-3 * Math.max(1, Math.abs(loss)), `${losses}`);
    }
    assert.ok(losses[0]![2]! < losses[0]![0]!, `it learns: ${losses[0]}`);
  });
}

test.after(() => engine.end());
test.run();
