import * as tf from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gradeNorm, measure, normalise } from '../../src/runtime/kernels/normalisation.ts';
import { distance, tensor, values } from './support.ts';

const normalisation = suite('our batch norm');
const epsilon = 1e-3;

for (const [pixels, channels, offset] of [
  [1, 5, 0],
  [7, 1, 0],
  [1000, 3, 0],
  [3001, 16, 0],
  [997, 17, 0],
  [20_000, 8, 100],
  [130, 130, -3],
] as const) {
  const x = tf.tidy(() => tf.add(tensor<tf.Rank.R2>([pixels, channels], 1), offset)) as tf.Tensor2D;
  const dy = tensor<tf.Rank.R2>([pixels, channels], 2);
  const gamma = tensor<tf.Rank.R1>([channels], 3);
  const beta = tensor<tf.Rank.R1>([channels], 4);
  const [xs, dys, gammas, betas] = [x, dy, gamma, beta].map((it) => Float64Array.from(it.dataSync()));
  const sums = (value: (index: number) => number) => {
    const totals = new Float64Array(channels);
    for (let index = 0; index < x.size; index++) totals[index % channels]! += value(index);
    return totals;
  };
  const means = sums((index) => xs![index]! / pixels);
  const centred = xs!.map((value, index) => value - means[index % channels]!);
  const variances = sums((index) => centred[index]! ** 2 / pixels);
  const scales = gammas!.map((value, channel) => value / Math.sqrt(variances[channel]! + epsilon));
  const plain = centred.map((value, index) => value * scales[index % channels]! + betas![index % channels]!);

  normalisation(`${pixels} pixels, ${channels} channels around ${offset}: moments`, () => {
    const moments = (which: 'mean' | 'variance') => values((kernels) => measure(kernels, x)[which]);
    assert.ok(distance(moments('mean'), means) < 1e-5);
    // Numbers around 100 have themselves only four digits behind the point.
    assert.ok(distance(moments('variance'), variances) < 1e-5);
  });

  // Far from zero rounding decides on which side of the kink a value lies.
  for (const rectify of offset === 100 ? [false] : [false, true]) {
    const through = (index: number) => (!rectify || plain[index]! > 0 ? 1 : 0);
    const g = dys!.map((value, index) => value * through(index));
    const meanG = sums((index) => g[index]! / pixels);
    const meanProduct = sums((index) => (g[index]! * centred[index]!) / pixels);
    const expected = {
      y: plain.map((value, index) => value * through(index)),
      x: g.map((value, index) => {
        const channel = index % channels;
        const slope = meanProduct[channel]! / (variances[channel]! + epsilon);
        return scales[channel]! * (value - meanG[channel]! - centred[index]! * slope);
      }),
      gamma: meanProduct.map((mean, channel) => (mean * pixels) / Math.sqrt(variances[channel]! + epsilon)),
      beta: meanG.map((mean) => mean * pixels),
    };
    normalisation(
      `${pixels} pixels, ${channels} channels around ${offset}: result and gradients${rectify ? ' with ReLU' : ''}`,
      () => {
        const norm = (mean: tf.Tensor, variance: tf.Tensor) => ({
          mean,
          variance,
          gamma,
          beta,
          epsilon,
          rectify,
        });
        const y = values((kernels) => {
          const { mean, variance } = measure(kernels, x);
          return normalise(kernels, x, norm(mean, variance));
        });
        // Far from zero a float32 keeps fewer digits of what is left when the mean is taken away.
        const tolerance = 1e-5 * (1 + Math.abs(offset) / 10);
        assert.ok(distance(y, expected.y) < tolerance);
        for (const of of ['x', 'gamma', 'beta'] as const) {
          const actual = values((kernels) => {
            const { mean, variance } = measure(kernels, x);
            return gradeNorm(kernels, x, dy, norm(mean, variance))[of];
          });
          // One pixel is its own mean: its gradient is rounding and nothing else.
          const scale =
            pixels === 1 && of !== 'beta'
              ? Math.max(...actual.map(Math.abs))
              : distance(actual, expected[of]);
          assert.ok(scale < tolerance, `${of}: ${scale}`);
        }
      },
    );
  }
}

normalisation.run();
