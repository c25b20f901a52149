import type { Graph } from '../../src/compiler/ir/graph.ts';
import { Network } from './network.ts';

export interface PaperOptions {
  readonly image?: readonly [number, number, number];
  readonly width?: number;
  readonly serial?: readonly number[];
  readonly parallel?: readonly number[];
  /** `unshared`: the paper preset. `shared`: units that share weights. `cenet`: CE-Net's own code. */
  readonly dac?: 'unshared' | 'shared' | 'cenet';
}

/** The network of Peng et al. 2021 as `paper.md` section 3.2 reconstructs it, built without the language. */
export function paperNetwork(options: PaperOptions = {}): Graph {
  return buildPaperNetwork(options).build();
}

/** {@link paperNetwork} before it is frozen, for tests that go on building. */
export function buildPaperNetwork(options: PaperOptions = {}): Network {
  const {
    image = [256, 224, 1],
    width = 16,
    serial = [3, 5, 7],
    parallel = [4, 8, 12],
    dac = 'unshared',
  } = options;
  const network = new Network(image, 'CmrNet');

  const unit = (
    x: number,
    path: string,
    channels: number,
    settings: { kernel?: number; rate?: number; stride?: number } = {},
    layer = path,
  ) => {
    const { kernel = 3, rate = 1, stride = 1 } = settings;
    const conv = network.apply(
      'conv',
      x,
      { channels, kernel, rate, stride, bias: false },
      { path: `${path}/conv`, layer: `${layer}/conv`, place: unitPlace },
    );
    const norm = network.apply(
      'batch_norm',
      conv,
      {},
      { path: `${path}/norm`, layer: `${layer}/norm`, place: unitPlace + 1 },
    );
    return network.apply('relu', norm, {}, { path: `${path}/relu`, place: unitPlace + 2 });
  };
  const concat = (path: string, ...operands: number[]) => network.apply('concat', operands, {}, { path });
  const add = (path: string, a: number, b: number) => network.apply('add', [a, b], {}, { path });
  const pyramid = (x: number, path: string, channels: number, rates: readonly number[]) => {
    const base = unit(x, `${path}/base`, channels, { kernel: 1 });
    const chain: number[] = [];
    for (const [index, rate] of serial.entries()) {
      chain.push(unit(chain.at(-1) ?? base, `${path}/chain.${index}`, channels, { rate }));
    }
    const branches = rates.map((rate, index) => unit(base, `${path}/pyramid.${index}`, channels, { rate }));
    return concat(path, ...chain.slice(0, -1), add(`${path}/residual`, base, chain.at(-1)!), ...branches);
  };

  const stem = unit(
    unit(network.image, 'encoder/stem.0', 2 * width, { stride: 2 }),
    'encoder/stem.1',
    2 * width,
  );
  const f1 = pyramid(stem, 'encoder/f1', width, []);
  const pool1 = network.apply(
    'max_pool',
    concat('encoder/join1', stem, f1),
    { size: 2 },
    { path: 'encoder/pool1' },
  );
  const f2 = pyramid(pool1, 'encoder/f2', 2 * width, parallel);
  const down = unit(f2, 'encoder/down', 8 * width, { stride: 2 });
  const mid = dac === 'cenet' ? ceNetContext(network, down, 8 * width) : context(down, 8 * width);
  const f3 = pyramid(mid, 'encoder/f3', 4 * width, []);
  const pool2 = network.apply(
    'max_pool',
    concat('encoder/join2', mid, f3),
    { size: 2 },
    { path: 'encoder/pool2' },
  );
  const f4 = pyramid(pool2, 'encoder/f4', 8 * width, parallel);
  const end = unit(unit(f4, 'encoder/end.0', 16 * width, { kernel: 1 }), 'encoder/end.1', 16 * width);

  const enlarge = (x: number, path: string, channels: number) =>
    network.apply('depth_to_space', unit(x, path, 4 * channels), { factor: 2 }, { path: `${path}/shuffle` });
  const u3 = unit(
    concat('decoder/u3/join', enlarge(end, 'decoder/u3/up', 8 * width), f3),
    'decoder/u3',
    8 * width,
  );
  const u2 = unit(
    concat('decoder/u2/join', enlarge(u3, 'decoder/u2/up', 4 * width), f2),
    'decoder/u2',
    4 * width,
  );
  const u1 = unit(
    concat('decoder/u1/join', enlarge(u2, 'decoder/u1/up', 2 * width), f1),
    'decoder/u1',
    2 * width,
  );
  const u0 = unit(enlarge(u1, 'decoder/u0/up', width), 'decoder/u0', width);

  const mask = network.apply('conv', u0, { channels: 1, kernel: 1 }, { path: 'segmentation/conv' });
  network.head('segmentation', 'mask', network.apply('sigmoid', mask, {}, { path: 'segmentation' }));
  const pooled = network.apply('global_avg_pool', end, {}, { path: 'diagnosis/pool' });
  const label = network.apply('dense', pooled, { units: 1 }, { path: 'diagnosis/dense' });
  network.head('diagnosis', 'label', network.apply('sigmoid', label, {}, { path: 'diagnosis' }));
  return network;

  function context(x: number, channels: number): number {
    const layer = (name: string, cascade: number) =>
      dac === 'shared' ? `encoder/mid/${name}` : `encoder/mid/${cascade}/${name}`;
    const step = (value: number, cascade: number, name: 'near' | 'mid' | 'far' | 'merge') => {
      const settings = name === 'merge' ? { kernel: 1 } : { rate: { near: 1, mid: 3, far: 5 }[name] };
      return unit(value, `encoder/mid/${cascade}/${name}`, channels, settings, layer(name, cascade));
    };
    const cascades = [
      ['near'],
      ['mid', 'merge'],
      ['near', 'mid', 'merge'],
      ['near', 'mid', 'far', 'merge'],
    ] as const;
    return cascades.reduce<number>((sum, steps, cascade) => {
      const branch = steps.reduce<number>((value, name) => step(value, cascade, name), x);
      return add(`encoder/mid/sum.${cascade}`, sum, branch);
    }, x);
  }
}

/** The block as CE-Net's released code writes it: shared convolutions with biases, one ReLU at the end of a cascade. */
function ceNetContext(network: Network, x: number, channels: number): number {
  const step = (value: number, cascade: number, name: 'near' | 'mid' | 'far' | 'merge') => {
    const kernel = name === 'merge' ? 1 : 3;
    const rate = { near: 1, mid: 3, far: 5, merge: 1 }[name];
    return network.apply(
      'conv',
      value,
      { channels, kernel, rate },
      { path: `encoder/mid/${cascade}/${name}`, layer: `encoder/mid/${name}` },
    );
  };
  const cascades = [
    ['near'],
    ['mid', 'merge'],
    ['near', 'mid', 'merge'],
    ['near', 'mid', 'far', 'merge'],
  ] as const;
  return cascades.reduce<number>((sum, steps, cascade) => {
    const branch = steps.reduce<number>((value, name) => step(value, cascade, name), x);
    const active = network.apply('relu', branch, {}, { path: `encoder/mid/${cascade}/relu` });
    return network.apply('add', [sum, active], {}, { path: `encoder/mid/sum.${cascade}` });
  }, x);
}

/** The place of the convolution inside `Unit`: all units share one source line. */
const unitPlace = 1000;
