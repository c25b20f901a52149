import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { philox, stream } from '../../src/runtime/random/random.ts';

const test = suite('random streams');

/** The known answers that the authors of Philox publish with Random123 (`kat_vectors`, philox4x32 10). */
const known = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const;

test('the block function gives the published answers', () => {
  for (const { counter, key, words } of known) {
    const out = new Uint32Array(4);
    philox(out, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
    assert.equal([...out], [...words]);
  }
});

test('the same seed and keys give the same stream, whatever else was drawn', () => {
  const first = stream(7, 'subject', 3);
  stream(7, 'subject', 2).normal();
  const second = stream(7, 'subject', 3);
  assert.equal(
    Array.from({ length: 9 }, () => first.normal()),
    Array.from({ length: 9 }, () => second.normal()),
  );
});

test('streams of different keys do not resemble each other', () => {
  const addresses = [
    stream(1, 'a', 1),
    stream(1, 'a', 2),
    stream(1, 'b', 1),
    stream(2, 'a', 1),
    stream(1, 'a', '1'),
    stream(1, 'a1'),
    stream(1, 'a', 1, 0),
    stream(1.5, 'a', 1),
  ];
  const draws = addresses.map((random) => Float64Array.from({ length: 4000 }, () => random.normal()));
  for (let left = 0; left < draws.length; left += 1) {
    for (let right = 0; right < left; right += 1) {
      const inner = draws[left]!.reduce((sum, value, index) => sum + value * draws[right]![index]!, 0) / 4000;
      assert.ok(Math.abs(inner) < 0.08, `streams ${left} and ${right} correlate by ${inner}`);
    }
  }
});

test('neighbouring keys are independent at their first draw', () => {
  const firsts = Array.from({ length: 20000 }, (_, subject) => stream(0, 'subject', subject).uniform());
  const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
  const lag =
    firsts.slice(1).reduce((sum, value, index) => sum + (value - 0.5) * (firsts[index]! - 0.5), 0) /
    (firsts.length / 12);
  assert.ok(Math.abs(mean - 0.5) < 0.01);
  assert.ok(Math.abs(lag) < 0.03);
});

test('uniform numbers fill their interval evenly', () => {
  const random = stream(11, 'uniform');
  const counts = new Array<number>(20).fill(0);
  for (let draw = 0; draw < 40000; draw += 1) {
    const value = random.uniform(-2, 8);
    assert.ok(value >= -2 && value < 8);
    counts[Math.floor((value + 2) * 2)]! += 1;
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  assert.ok(chiSquare < 43.8, `chi square ${chiSquare} with 19 degrees of freedom`); // p = 0.001
});

test('normal numbers have the moments and the tails of the normal distribution', () => {
  const random = stream(12, 'normal');
  const values = Float64Array.from({ length: 100000 }, () => random.normal(3, 2));
  const moment = (power: number) =>
    values.reduce((sum, value) => sum + ((value - 3) / 2) ** power, 0) / values.length;
  assert.ok(Math.abs(moment(1)) < 0.015);
  assert.ok(Math.abs(moment(2) - 1) < 0.02);
  assert.ok(Math.abs(moment(3)) < 0.04);
  assert.ok(Math.abs(moment(4) - 3) < 0.12);
  const beyond = values.filter((value) => Math.abs(value - 3) > 2 * 1.959964).length / values.length;
  assert.ok(Math.abs(beyond - 0.05) < 0.003);
});

test('integers and choices come as often as they should', () => {
  const random = stream(13, 'choice');
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 30000; draw += 1) {
    const item = random.choice(['rare', 'common', 'never'], [1, 4, 0]);
    counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  assert.is(counts.get('never'), undefined);
  assert.ok(Math.abs(counts.get('rare')! / 30000 - 0.2) < 0.01);
  const dice = new Array<number>(6).fill(0);
  for (let draw = 0; draw < 30000; draw += 1) dice[random.integer(6)]! += 1;
  for (const count of dice) assert.ok(Math.abs(count - 5000) < 300);
});

test('every order of a permutation is equally likely', () => {
  const random = stream(14, 'permutation');
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 24000; draw += 1) {
    const order = random.permutation(4).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.is(counts.size, 24);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 150);
});

test.run();
