import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../src/compiler/diagnostics/diagnostic.ts';
import { analyse } from '../../src/compiler/passes/analyse.ts';
import { Network } from '../support/network.ts';
import { paperNetwork } from '../support/paper-network.ts';

const paper = suite('the analysis of the paper network');

function named(diagnostics: readonly Diagnostic[], name: string): Diagnostic {
  const found = diagnostics.find((diagnostic) => diagnostic.name === name);
  if (!found) throw new Error(`no ${name} among ${diagnostics.map((diagnostic) => diagnostic.name)}`);
  return found;
}

paper('tells the truth about [3, 5, 7] with [4, 8, 12] and no more', () => {
  const found = analyse(paperNetwork(), { batch: 8 });
  assert.equal(
    found.map((diagnostic) => [diagnostic.severity, diagnostic.name]),
    [
      ['warning', 'padded-mass'],
      ['note', 'gridding-holes'],
    ],
  );
  assert.is(found[0]!.message, 'on a map of 16×14, rate 12 leaves 1.93 of 9 taps inside on average');
  assert.equal(found[0]!.notes, [
    'at `encoder/f4/chain.2/conv`, 16×14 at rate 7: 4.25 of 9 taps',
    'at `encoder/f4/pyramid.1/conv`, 16×14 at rate 8: 3.71 of 9 taps',
    'at `encoder/f4/pyramid.2/conv`, 16×14 at rate 12: 1.93 of 9 taps',
  ]);
  assert.match(found[0]!.help[0]!.message, /^a rate of 6 or less keeps half of the kernel inside 16×14/);
  assert.is(found[1]!.message, 'the serial rates [3, 5, 7] read 55.0 % of their 31×31 field');
  assert.match(
    found[1]!.notes[0]!,
    /23 of 31 .* up to 3 apart, .* divisor is 1, HDC's M₂ is 5, above the kernel's 3/,
  );
  assert.is(found[1]!.notes.length, 5);
  assert.is(found[1]!.help[0]!.message, 'the rates [1, 3, 9] read all of a 27×27 field');
});

paper('warns about serial [6, 12, 18], which never stops a build', () => {
  const found = analyse(paperNetwork({ serial: [6, 12, 18] }));
  for (const name of ['pointless-rate', 'padded-mass', 'padded-chain', 'gridding']) {
    assert.is(named(found, name).severity, 'warning');
  }
  assert.not(found.some((diagnostic) => diagnostic.severity === 'error'));
  const dead = named(found, 'pointless-rate');
  assert.is(dead.code, 'CMR431');
  assert.is(dead.message, 'atrous rate 18 reaches past the whole 16×14 feature map');
  assert.equal(dead.notes, [
    'this 3×3 convolution acts as a 1×1 convolution',
    'at `encoder/f4/chain.2/conv`, 16×14 at rate 18: 1 of 9 taps reach the map',
  ]);
  assert.is(
    named(found, 'padded-chain').message,
    'only 1.3 % of the paths through the serial rates [6, 12, 18] stay inside a map of 16×14',
  );
  assert.is(named(found, 'gridding').message, 'the serial rates [6, 12, 18] read 3.2 % of their 73×73 field');
});

paper('warns about the other rates of table 2 by their lattices', () => {
  for (const serial of [
    [2, 2, 2],
    [5, 5, 5],
  ]) {
    assert.is(named(analyse(paperNetwork({ serial })), 'gridding').severity, 'warning');
  }
  assert.not(analyse(paperNetwork({ serial: [1, 2, 5] })).some(({ name }) => name.startsWith('gridding')));
});

paper('warns about statistics that outlive an epoch, unless they are computed again', () => {
  const at = (context: object) =>
    analyse(paperNetwork({ width: 4 }), context).filter(({ name }) => name === 'slow-statistics');
  assert.is(at({ batch: 8, stepsPerEpoch: 65 }).length, 1);
  assert.is(at({ batch: 8, stepsPerEpoch: 65, recalibrate: 16 }).length, 0);
  assert.is(at({ batch: 8, stepsPerEpoch: 100 }).length, 0);
  const [told] = at({ batch: 8, stepsPerEpoch: 65 });
  assert.is(told!.notes.at(-1), 'at every application of this `batch_norm`');
});

paper.run();

const rules = suite('the rules of the analysis');

function found(network: Network, context = {}): readonly string[] {
  return analyse(network.build(), context).map((diagnostic) => diagnostic.name);
}

rules('tell one axis that lost its taps from a kernel that lost all', () => {
  const at = (height: number, width: number, given: object) => {
    const network = new Network([height, width, 1]);
    network.head('mask', 'mask', network.apply('conv', network.image, { channels: 1, ...given }));
    return found(network);
  };
  assert.equal(at(40, 6, { rate: 8 }), ['dead-taps']);
  assert.equal(at(6, 6, { rate: 8 }), ['pointless-rate']);
  assert.equal(at(1, 1, {}), ['dead-taps']);
  assert.equal(at(16, 14, { rate: 12 }), ['padded-mass']);
});

rules('know too few samples and leave them alone where the batch is unknown', () => {
  const network = new Network([8, 8, 4]);
  const pooled = network.apply('batch_norm', network.apply('global_avg_pool', network.image));
  network.head('label', 'label', network.apply('dense', pooled, { units: 1 }));
  assert.equal(found(network, { batch: 8 }), ['few-samples']);
  assert.equal(found(network, { batch: 64 }), []);
  assert.equal(found(network), []);
});

rules('report the last of a series of unused values, and nothing else about it', () => {
  const network = new Network([64, 64, 1]);
  const unused = network.apply(
    'conv',
    network.apply('conv', network.image, { channels: 2, rate: 90 }),
    { channels: 2 },
    { path: 'spare' },
  );
  network.head(
    'label',
    'label',
    network.apply('dense', network.apply('global_max_pool', network.image), { units: 1 }),
  );
  const diagnostics = analyse(network.build());
  assert.equal(
    diagnostics.map(({ name }) => name),
    ['unused-value'],
  );
  assert.equal(diagnostics[0]!.notes, ['at `spare`']);
  assert.is(diagnostics[0]!.primary.span.start, network.builder.nodes[unused]!.origin.span.start);
});

rules('report rows and columns that a valid stride never reads', () => {
  const network = new Network([65, 64, 1]);
  const pooled = network.apply('max_pool', network.image, { padding: 'valid' });
  network.head('label', 'label', network.apply('global_max_pool', pooled));
  const [told, ...rest] = analyse(network.build());
  assert.equal(rest, []);
  assert.is(told!.severity, 'note');
  assert.is(told!.message, '`max_pool` with stride 2 drops the border of a map of 65×64');
  assert.match(told!.notes[0]!, /1 of 65 rows$/);
});

rules('compare the receptive field of a mask with a heart and with the image', () => {
  const at = (rate: number, size: number) => {
    const network = new Network([size, size, 1]);
    network.head('mask', 'mask', network.apply('conv', network.image, { channels: 1, rate }));
    return analyse(network.build(), { objectSize: 60 }).filter(({ name }) => name.endsWith('field'));
  };
  assert.is(
    at(5, 128)[0]!.message,
    'a pixel of `mask` sees 11×11 pixels of the image, fewer than the 60 of a heart',
  );
  assert.equal(at(30, 128), []);
  assert.is(at(90, 20)[0]!.name, 'large-field');
});

rules('point to the argument that decided a rate, where the origin knows it', () => {
  const network = new Network([16, 14, 1]);
  const decided = { rate: { file: 'test', start: 70, end: 78 } };
  const attributes = {
    channels: 1,
    kernel: [3, 3],
    rate: [18, 18],
    stride: [1, 1],
    groups: 1,
    icnr: 1,
    padding: 'same',
    bias: true,
    init: 'zeros',
  } as const;
  const node = network.builder.apply('conv', [0], attributes, { ...network.origin('body'), decided });
  network.head('mask', 'mask', node as number);
  assert.equal(analyse(network.build())[0]!.primary.span, decided.rate);
});

rules.run();
