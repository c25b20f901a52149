import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainableCount } from '../../src/compiler/ir/count.ts';
import { soundFile } from '../support/compiled.ts';

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
