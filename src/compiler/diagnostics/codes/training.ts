import { codeTable, msg } from '../message.ts';

/** 97x — what training notices while it goes on, each said once in a fold. */
export const trainingCodes = codeTable('experiment', {
  predictsNothing: {
    code: 'CMR970',
    severity: 'warning',
    message: msg`the masks of \`${'head'}\` have been empty for ${'epochs'} epochs; ${'advice'}`,
  },
  predictsTooMuch: {
    code: 'CMR971',
    severity: 'warning',
    message: msg`the masks of \`${'head'}\` have covered ${'predicted'} of the images for ${'epochs'} epochs, where ${'actual'} is right; ${'advice'}`,
  },
  neverPredicted: {
    code: 'CMR972',
    severity: 'warning',
    message: msg`\`${'structure'}\` of \`${'head'}\` has not been predicted for ${'epochs'} epochs; ${'advice'}`,
  },
  lossStandsStill: {
    code: 'CMR973',
    severity: 'warning',
    message: msg`the loss has stood still at ${'loss'} for ${'epochs'} epochs; ${'advice'}`,
  },
  largeLogits: {
    code: 'CMR974',
    severity: 'warning',
    message: msg`logits of \`${'head'}\` go beyond −50; ${'advice'}`,
  },
  deadChannels: {
    code: 'CMR975',
    severity: 'warning',
    message: msg`${'dead'} of ${'all'} channels of \`${'layer'}\` hardly ever pass their ReLU; ${'advice'}`,
  },
  restarted: {
    code: 'CMR976',
    severity: 'warning',
    message: msg`fold ${'fold'} begins again with other random weights, for the ${'draw'}. of at most ${'most'} times`,
  },
});
