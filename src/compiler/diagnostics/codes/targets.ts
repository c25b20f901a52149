import { codeTable, msg } from '../message.ts';

/** 7xx — targets and engines. 72x memory of a compiled training step. */
export const targetCodes = codeTable('experiment', {
  stepMemory: {
    code: 'CMR720',
    severity: 'error',
    message: msg`a training step takes ${'least'} at least, more than the ${'budget'} that \`train.memory\` allows`,
  },
  memoryIgnored: {
    code: 'CMR721',
    severity: 'warning',
    message: msg`\`train.memory\` is ${'budget'}, and ${'engine'} does not keep to it: what it keeps for the way back takes ${'least'} at least`,
  },
});
