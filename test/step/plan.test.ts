import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { emitPlan } from '../../src/compiler/targets/tfjs/emit.ts';
import { graphOfPlan } from '../../src/compiler/targets/tfjs/graph.ts';
import { paperNetwork } from '../support/paper-network.ts';

const plans = suite('a plan');

plans('gives back the graph that it was made of, shared layers included', () => {
  for (const dac of ['unshared', 'shared', 'cenet'] as const) {
    const plan = emitPlan(paperNetwork({ width: 4, dac }));
    assert.equal(emitPlan(graphOfPlan(plan)), plan);
  }
});

plans.run();
