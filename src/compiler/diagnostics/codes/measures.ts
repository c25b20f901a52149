import { codeTable, msg } from '../message.ts';

/** 875 to 879 — what is measured of masks, and what the numbers do not show. */
export const measureCodes = codeTable('experiment', {
  missingTolerance: {
    code: 'CMR875',
    severity: 'error',
    message: msg`\`${'metric'}\` needs a \`tolerance\``,
  },
  idleTolerance: {
    code: 'CMR876',
    severity: 'warning',
    message: msg`\`tolerance\` is for \`nsd\`, which no head is measured by`,
  },
  structureNeverFound: {
    code: 'CMR877',
    severity: 'warning',
    message: msg`${'what'} is in the truth of ${'count'} held-out ${'of'} and is never predicted`,
  },
});
