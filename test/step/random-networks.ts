import fc from 'fast-check';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import { isProblem } from '../../src/compiler/ir/operations/entry.ts';
import { deadCode } from '../../src/compiler/passes/dead-code.ts';
import type { LossTerm } from '../../src/compiler/plan/run-plan.ts';
import { Network } from '../support/network.ts';

/** One operation of a random network: which, on which earlier value, and how. */
interface Pick {
  readonly which: number;
  readonly on: number;
  readonly also: number;
  readonly size: number;
}

const pick: fc.Arbitrary<Pick> = fc.record({
  which: fc.nat(18),
  on: fc.nat(7),
  also: fc.nat(7),
  size: fc.integer({ min: 1, max: 3 }),
});

/** Random networks with a mask head `mask` and a label head `label`. */
export const networks = fc
  .record({
    height: fc.integer({ min: 3, max: 7 }),
    width: fc.integer({ min: 3, max: 7 }),
    picks: fc.array(pick, { minLength: 2, maxLength: 7 }),
  })
  .map(({ height, width, picks }) => randomNetwork(height, width, picks));

/** A network of maps of four channels or more, ending in a mask and a label. Picks that do not fit are left out. */
function randomNetwork(height: number, width: number, picks: readonly Pick[]): Graph {
  const network = new Network([height, width, 2]);
  const maps = [network.apply('conv', network.image, { channels: 4 })];
  for (const { which, on, also, size } of picks) {
    const x = maps[on % maps.length]!;
    const y = maps[also % maps.length]!;
    const attempts = [
      () => network.attempt('conv', x, { channels: 4, kernel: size, rate: 2 }),
      () => network.attempt('conv', x, { channels: 4, kernel: 3, stride: size, groups: 2 }),
      () => network.attempt('depthwise_conv', x, { kernel: [size, 2] }),
      () => network.attempt('batch_norm', x),
      () => network.attempt('relu', network.apply('batch_norm', x, { momentum: 0.8 })),
      () => network.attempt('group_norm', x, { groups: 2 }),
      () => network.attempt('leaky_relu', network.apply('instance_norm', x), { slope: 0.2 }),
      () => network.attempt('leaky_relu', x, { slope: 0.3 }),
      () => network.attempt('swish', x),
      () => network.attempt('add', [x, y]),
      () => network.attempt('concat', [x, y]),
      () => network.attempt('multiply', [x, network.apply('sigmoid', network.apply('global_avg_pool', x))]),
      () => network.attempt('max_pool', x, { size, stride: 1 }),
      () => network.attempt('dropout', x, { rate: 0.3 }),
      () => network.attempt('subtract', [x, network.apply('slice', x, { begin: size, count: 1 })]),
      () =>
        network.attempt('multiply', [network.apply('sigmoid', network.apply('conv', x, { channels: 1 })), x]),
      () => network.attempt('affine', x, { factor: -0.5, shift: size }),
      () => network.attempt('add', [network.apply('global_avg_pool', x), x]),
      () => network.attempt('concat', [network.apply('slice', x, { begin: 0, count: 2 }), x]),
    ];
    const made = attempts[which]!();
    if (!isProblem(made)) maps.push(made);
  }
  const last = maps.at(-1)!;
  const whole = network.apply('resize', last, { height, width });
  network.head(
    'mask',
    'mask',
    network.apply('sigmoid', network.apply('conv', whole, { channels: 1, kernel: 1 })),
  );
  const pooled = network.apply('global_avg_pool', last);
  network.head('label', 'label', network.apply('softmax', network.apply('dense', pooled, { units: 3 })));
  return deadCode.run(network.build());
}

/** A loss of both heads. */
export const terms: readonly LossTerm[] = [
  { weight: 0.6, head: 'mask', loss: 'jaccard', smooth: 1, reduction: 'image' },
  { weight: 0.2, head: 'mask', loss: 'focal', gamma: 2, alpha: 0.25 },
  { weight: 0.4, head: 'label', loss: 'cross_entropy' },
];
