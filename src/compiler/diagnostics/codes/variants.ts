import { codeTable, msg, spelling } from '../message.ts';

/** 6xx — variants, sweeps, comparisons and overrides. */
export const variantCodes = codeTable('experiment', {
  unknownParameter: {
    code: 'CMR601',
    severity: 'error',
    fixes: spelling,
    message: msg`\`${'of'}\` has no parameter \`${'name'}\``,
  },
  unknownPath: {
    code: 'CMR602',
    severity: 'error',
    fixes: spelling,
    message: msg`\`${'of'}\` has no parameter or setting \`${'path'}\``,
  },
  derivedCycle: { code: 'CMR603', severity: 'error', message: msg`\`${'name'}\` is derived from itself` },
  axisPairing: {
    code: 'CMR604',
    severity: 'error',
    message: msg`${'paths'} paths are varied together, and this gives ${'values'}`,
  },
  emptyAxis: { code: 'CMR605', severity: 'error', message: msg`\`${'path'}\` is varied over nothing` },
  unknownReport: {
    code: 'CMR606',
    severity: 'error',
    fixes: spelling,
    message: msg`\`${'path'}\` is not measured by \`${'experiment'}\``,
  },
  unvariedAxis: {
    code: 'CMR607',
    severity: 'error',
    fixes: spelling,
    message: msg`\`${'sweep'}\` does not vary \`${'path'}\``,
  },
  repeatedOverride: { code: 'CMR608', severity: 'error', message: msg`\`${'path'}\` is set twice` },
  identicalCells: {
    code: 'CMR609',
    severity: 'warning',
    message: msg`\`${'first'}\` and \`${'second'}\` are the same run`,
  },
  insideNetwork: {
    code: 'CMR610',
    severity: 'error',
    message: msg`\`${'path'}\` lies inside the network`,
  },
  tooManyCells: {
    code: 'CMR612',
    severity: 'error',
    message: msg`the sweep \`${'name'}\` has ${'count'} cells, more than ${'limit'}`,
  },
  uncontrolled: {
    code: 'CMR613',
    severity: 'warning',
    message: msg`the members of \`${'study'}\` differ in more than is compared: ${'paths'}`,
  },
  resizedLayers: {
    code: 'CMR614',
    severity: 'warning',
    message: msg`\`${'study'}\` also changes the size of ${'layers'} that it does not vary`,
  },
  sweepWithoutAxis: {
    code: 'CMR611',
    severity: 'error',
    message: msg`the sweep \`${'name'}\` varies nothing`,
  },
});
