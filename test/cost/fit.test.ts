import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInRates, builtInRatesFor } from '../../src/compiler/cost/built-in-rates.ts';
import { fitRate, fitRates, type Sample } from '../../src/compiler/cost/fit.ts';
import { timeOf } from '../../src/compiler/cost/work.ts';
import { randomStream } from '../../src/compiler/interpret/random.ts';

const test = suite('rates from samples');
const random = randomStream(String(Date.now()));

function samples(count: number, noise: number): readonly Sample[] {
  return Array.from({ length: count }, () => {
    const [multiplyAdds, numbers] = [1e9 * random() ** 3, 1e8 * random() ** 3];
    const ms = 0.1 + (20 * multiplyAdds + 150 * numbers) / 1e9;
    return { kind: 'convolution', multiplyAdds, numbers, ms: ms * (1 + noise * (2 * random() - 1)) };
  });
}

test('are those that the samples were made with', () => {
  const { call, multiplyAdds, numbers } = fitRate(samples(30, 0));
  assert.ok(Math.abs(call - 0.1) < 1e-3, `${call} ms a call`);
  assert.ok(Math.abs(multiplyAdds - 20) < 0.05, `${multiplyAdds} ms for 10⁹ multiply-adds`);
  assert.ok(Math.abs(numbers - 150) < 0.5, `${numbers} ms for 10⁹ numbers`);
});

test('are never negative, and tell as much in sum as there was', () => {
  const noisy = samples(12, 0.8);
  const rate = fitRate(noisy);
  for (const part of Object.values(rate)) assert.ok(part >= 0);
  const rates = { ...builtInRates, kinds: { ...builtInRates.kinds, convolution: rate } };
  const sum = (of: (sample: Sample) => number) => noisy.reduce((all, sample) => all + of(sample), 0);
  const share = sum((sample) => timeOf(rates, sample)) / sum(({ ms }) => ms);
  assert.ok(Math.abs(share - 1) < 1e-9, `${share} of it`);
});

test('of kinds that nothing is known of follow the machine', () => {
  const slow = samples(20, 0).map((sample) => ({ ...sample, ms: 3 * timeOf(builtInRates, sample) }));
  const { kinds, fitted } = fitRates(slow, builtInRates.kinds);
  assert.equal(fitted, ['convolution']);
  assert.ok(Math.abs(kinds.pass.numbers / builtInRates.kinds.pass.numbers - 3) < 0.01);
});

test('are divided among threads, and multiplications among the places of a block, calls are not', () => {
  const usual = builtInRates.kinds;
  const four = builtInRatesFor(4, builtInRates.block).kinds;
  assert.is(four.convolution.multiplyAdds, usual.convolution.multiplyAdds / 2);
  assert.is(four.pass.numbers, usual.pass.numbers / 2);
  assert.is(four.pass.call, usual.pass.call);
  const longer = builtInRatesFor(builtInRates.threads, 16).kinds;
  assert.is(longer.convolution.multiplyAdds, usual.convolution.multiplyAdds / 2);
  assert.is(longer.pass.numbers, usual.pass.numbers);
});

test.run();
