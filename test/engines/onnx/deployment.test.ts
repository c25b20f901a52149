import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../../src/compiler/interpret/interpret.ts';
import { normal, randomStream } from '../../../src/compiler/interpret/random.ts';
import type { Graph } from '../../../src/compiler/ir/graph.ts';
import { elements } from '../../../src/compiler/ir/shape.ts';
import type { RunPlan } from '../../../src/compiler/plan/run-plan.ts';
import { broughtBack, viewed, viewsOf } from '../../../src/compiler/plan/views.ts';
import { deploymentFiles, networkFiles } from '../../../src/compiler/targets/onnx/deployment/deployment.ts';
import { type OnnxFiles, onnxManifestSchema } from '../../../src/compiler/targets/onnx/files.ts';
import { graphOfPlan } from '../../../src/compiler/targets/tfjs/graph.ts';
import { loadLibrary } from '../../../src/runtime/engines/onnx/library.ts';
import { fit, isFitProblem, planFit, unfit } from '../../../src/runtime/images/fit.ts';
import type { Grid } from '../../../src/runtime/images/grid.ts';
import { scaleChannels } from '../../../src/runtime/images/intensity.ts';
import { maskOf } from '../../../src/runtime/predict/masks.ts';
import { planOf, sound } from '../../support/compiled.ts';
import { distance } from './support.ts';

const library = await loadLibrary();

/** What an experiment may say between a file and an answer. */
interface Said {
  readonly fit: string;
  readonly intensity?: string;
  readonly channels?: number;
  readonly head?: string;
  readonly structures?: string;
  readonly evaluate?: string;
}

function planFor({ fit: steps, intensity, channels = 1, head, structures, evaluate }: Said): RunPlan {
  return planOf(
    sound(`
    network Small {
      input image: [16, 16, ${channels}]
      let features = image |> conv(4) |> batch_norm() |> relu() |> conv(4, rate = 2) |> leaky_relu()
      let vector = features |> global_avg_pool()
      head segmentation: mask = features |> ${head ?? 'conv(1) |> sigmoid()'}
      head diagnosis: label = vector |> dense(1) |> sigmoid()
      head vendor: label = vector |> dense(3) |> softmax()
      head ejection: value = vector |> dense(1)
    }
    dataset D {
      manifest   = "../data/small.yaml"
      channels   = ${channels}
      fit        = ${steps}
      ${intensity === undefined ? '' : `intensity = ${intensity}`}
      classes    = ["healthy", "ill"]
      positive   = "ill"
      structures {
        ${structures ?? 'myocardium = 2'}
      }
      attributes {
        vendor.classes = ["A", "B", "C"]
        ejection {
          unit  = "%"
          scale = 12
        }
      }
    }
    experiment E {
      model = Small()
      data  = D
      loss  = 0.4 * jaccard(segmentation) + 0.2 * bce(diagnosis) + 0.2 * cross_entropy(vendor) + 0.2 * mse(ejection)
      train {
        optimizer = sgd(lr = 0.01)
        epochs    = 1
        batch     = 2
      }
      evaluate {
        folds = holdout(25%)
        ${evaluate ?? ''}
      }
    }`),
    'E',
  );
}

function weightsOf(graph: Graph, key: string): ReadonlyMap<string, Float64Array> {
  return new Map(
    [...graph.weights.values()].map(({ name, shape }) => {
      const random = randomStream(`${key} ${name}`);
      const draw = name.endsWith('variance') ? () => 0.5 + random() : () => normal(random) / 2;
      return [name, Float64Array.from({ length: elements(shape) }, draw)] as const;
    }),
  );
}

function imageOf(key: string, height: number, width: number, channels: number): Grid {
  const random = randomStream(key);
  // Smooth enough that masks have regions, in the values of a scanner.
  const values = Float32Array.from({ length: height * width * channels }, (_, at) => {
    const [row, column] = [Math.floor(at / channels / width), Math.floor(at / channels) % width];
    return 600 + 400 * Math.sin(row / 3 + (at % channels)) * Math.cos(column / 4) + 150 * normal(random);
  });
  return { height, width, channels, values };
}

/** What `cmrc predict` makes of an image: the means over networks and views, on the image's grid. */
function expected(
  plan: RunPlan,
  graph: Graph,
  weights: readonly ReadonlyMap<string, Float64Array>[],
  image: Grid,
  spacing: readonly [number, number] | null,
) {
  const fitting = planFit(plan.data.fit, image, spacing);
  if (isFitProblem(fitting)) throw new Error(`${fitting.step.kind} ${fitting.reason}`);
  const grid = fit(fitting, scaleChannels(image, plan.data.intensity), 'bilinear');
  const shape = [grid.height, grid.width, grid.channels] as const;
  const views = [{ horizontal: false, vertical: false, quarters: 0 }, ...viewsOf(plan.evaluate)];
  const sums = new Map<string, Float64Array>();
  for (const own of weights) {
    for (const view of views) {
      const data = Float64Array.from(viewed(grid.values, shape, view));
      const { heads } = interpret(graph, own, { shape: [1, ...shape], data }, { kind: 'inference' });
      for (const { name, kind, channels } of plan.heads) {
        const answer = Float32Array.from(heads.get(name)!.data);
        const back = kind === 'mask' ? broughtBack(answer, [shape[0], shape[1], channels], view) : answer;
        const sum = sums.get(name) ?? new Float64Array(back.length);
        sums.set(
          name,
          sum.map((value, index) => value + back[index]! / views.length / weights.length),
        );
      }
    }
  }
  const [mask] = plan.heads;
  const said = { ...grid, channels: mask!.channels, values: Float32Array.from(sums.get('segmentation')!) };
  const probabilities = unfit(fitting, said, 'bilinear');
  const binary = sums.get('diagnosis')![0]!;
  return {
    probabilities: probabilities.values,
    mask: maskOf(probabilities, mask!, plan.data, plan.evaluate),
    diagnosis: [binary, 1 - binary],
    vendor: [...sums.get('vendor')!],
    ejection: sums.get('ejection')![0]! * 12,
  };
}

async function run({ model }: OnnxFiles, images: readonly Grid[], spacing: readonly number[] | null) {
  const session = await library.InferenceSession.create(model, { logSeverityLevel: 3 });
  const [{ height, width, channels }] = images as [Grid];
  const values = Float32Array.from(images.flatMap((image) => [...image.values]));
  const results = await session.run({
    image: new library.Tensor('float32', values, [images.length, height, width, channels]),
    ...(spacing && { spacing: new library.Tensor('float32', Float32Array.from(spacing), [2]) }),
  });
  await session.release();
  return results;
}

const cases: Readonly<Record<string, Said>> = {
  'padded, in fixed units': { fit: 'pad(16, 16)', intensity: 'fixed(1000, 0, 1.5)' },
  'cut out and scaled, by deviations, mirrored both ways': {
    fit: '[center(20, 24), resize(16, 16)]',
    intensity: 'zscore()',
    evaluate: 'flips = both',
  },
  'scaled by the longer side, between least and most, its largest piece': {
    fit: '[longest(14), center(16, 16)]',
    intensity: 'minmax()',
    evaluate: 'components = largest',
  },
  'brought to millimetres, by percentiles, turned and mirrored, in classes': {
    fit: '[resample(1.5mm), center(16, 16)]',
    intensity: 'percentile(2%, 97.5%)',
    evaluate: 'flips = horizontal \n turns = quarters \n components = largest',
    head: 'conv(3) |> softmax()',
    structures: 'muscle = 200 \n blood = [5, 6]',
  },
  'of two channels, each in a way of its own, structures that overlap': {
    fit: '[resize(18, 18), crop(16, 16)]',
    intensity: '[percentile(0%, 100%), fixed(900)]',
    channels: 2,
    head: 'conv(2) |> sigmoid()',
    structures: 'wall = 1 \n scar = 9',
    evaluate: 'threshold = 45%',
  },
};

const test = suite('an ONNX model for others');

for (const [title, said] of Object.entries(cases)) {
  test(`takes images as files hold them, ${title}, and says what predictions say`, async () => {
    const plan = planFor(said);
    const graph = graphOfPlan(plan.network);
    const weights = [weightsOf(graph, 'one'), weightsOf(graph, 'two')];
    const files = deploymentFiles(
      graph,
      plan,
      weights.map((values, fold) => ({ from: `fold ${fold}`, values })),
    );
    let marked = 0;
    const spacing = said.fit.includes('resample') ? ([1.2, 1.7] as const) : null;
    const sizes = said.fit.startsWith('pad')
      ? [
          [16, 13],
          [9, 16],
        ]
      : [
          [21, 30],
          [17, 16],
          [40, 23],
        ];
    for (const [height, width] of sizes) {
      for (const count of [1, 3]) {
        const images = Array.from({ length: count }, (_, place) =>
          imageOf(`${title} ${height} ${place}`, height!, width!, said.channels ?? 1),
        );
        const found = await run(files, images, spacing);
        const channels = plan.heads[0]!.channels;
        assert.equal([...found['segmentation']!.dims], [count, height, width]);
        assert.equal([...found['segmentation_probability']!.dims], [count, height, width, channels]);
        for (const [place, image] of images.entries()) {
          const wanted = expected(plan, graph, weights, image, spacing);
          const part = (name: string, size: number) =>
            [...(found[name]!.data as Float32Array)].slice(place * size, (place + 1) * size);
          const map = part('segmentation_probability', height! * width! * channels);
          assert.ok(distance(map, wanted.probabilities) < 1e-4, `${height}×${width} of ${count}`);
          const mask = part('segmentation', height! * width!);
          marked += mask.filter((value) => value > 0).length;
          const off = mask.filter((value, pixel) => value !== wanted.mask[pixel]).length;
          // A pixel whose probability is the threshold to the last digit may fall on either side.
          assert.ok(off <= 1, `${off} pixels of the mask differ in ${height}×${width}`);
          assert.ok(distance(part('diagnosis', 2), wanted.diagnosis) < 1e-4);
          assert.ok(distance(part('vendor', 3), wanted.vendor) < 1e-4);
          assert.ok(distance(part('ejection', 1), [wanted.ejection]) < 1e-4);
        }
      }
    }
    assert.ok(marked > 20, `${marked} pixels are marked in all`);
  });
}

test('of a network alone takes any number of images', async () => {
  const plan = planFor({ fit: 'resize(16, 16)' });
  const graph = graphOfPlan(plan.network);
  const weights = weightsOf(graph, 'alone');
  const image = imageOf('alone', 16, 16, 1);
  const small = { ...image, values: image.values.map((value) => value / 1000) };
  const found = await run(
    networkFiles(graph, { from: 'a test', values: weights }),
    [small, small, small],
    null,
  );
  const { heads } = interpret(
    graph,
    weights,
    { shape: [1, 16, 16, 1], data: Float64Array.from(small.values) },
    { kind: 'inference' },
  );
  for (const { name } of plan.heads) {
    const one = [...heads.get(name)!.data];
    assert.ok(distance(found[name]!.data as Float32Array, [...one, ...one, ...one]) < 1e-5, name);
  }
});

test('comes with a manifest as its schema says', () => {
  const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(onnxManifestSchema);
  const plan = planFor(cases['brought to millimetres, by percentiles, turned and mirrored, in classes']!);
  const graph = graphOfPlan(plan.network);
  for (const { manifest } of [deploymentFiles(graph, plan), networkFiles(graph)])
    assert.ok(valid(JSON.parse(JSON.stringify(manifest))), JSON.stringify(valid.errors));
});

test.run();
