import { codeTable, msg } from '../message.ts';

/** 99x and 75x — what training notices while it goes on, each said once in a fold. */
export const trainingCodes = codeTable('experiment', {
  predictsNothing: {
    code: 'CMR990',
    severity: 'warning',
    message: msg`the masks of \`${'head'}\` have been empty for ${'epochs'} epochs; ${'advice'}`,
  },
  predictsTooMuch: {
    code: 'CMR991',
    severity: 'warning',
    message: msg`the masks of \`${'head'}\` have covered ${'predicted'} of the images for ${'epochs'} epochs, where ${'actual'} is right; ${'advice'}`,
  },
  neverPredicted: {
    code: 'CMR992',
    severity: 'warning',
    message: msg`\`${'structure'}\` of \`${'head'}\` has not been predicted for ${'epochs'} epochs; ${'advice'}`,
  },
  lossStandsStill: {
    code: 'CMR993',
    severity: 'warning',
    message: msg`the loss has stood still at ${'loss'} for ${'epochs'} epochs; ${'advice'}`,
  },
  largeLogits: {
    code: 'CMR994',
    severity: 'warning',
    message: msg`logits of \`${'head'}\` go beyond ±50; ${'advice'}`,
  },
  deadChannels: {
    code: 'CMR995',
    severity: 'warning',
    message: msg`${'dead'} of ${'all'} channels of \`${'layer'}\` hardly ever pass their ReLU; ${'advice'}`,
  },
  heldOutLossRises: {
    code: 'CMR751',
    severity: 'warning',
    message: msg`the loss of held-out images has risen for ${'epochs'} epochs, from ${'from'} to ${'to'}, while that of training images ${'training'}; ${'advice'}`,
  },
  startScale: {
    code: 'CMR997',
    severity: 'warning',
    message: msg`before the first step \`${'layer'}\` of \`${'network'}\` ${'word'}: its deviation is ${'deviation'}, and so are ${'count'} layers in all`,
  },
  startDead: {
    code: 'CMR998',
    severity: 'warning',
    message: msg`before the first step ${'share'} of the channels of \`${'layer'}\` of \`${'network'}\` are 0 for the whole batch, and more than half in ${'count'} layers in all`,
  },
  startGradient: {
    code: 'CMR999',
    severity: 'warning',
    message: msg`before the first step hardly a gradient reaches \`${'layer'}\` of \`${'network'}\` (${'gradient'}), and ${'count'} layers in all`,
  },
  restarted: {
    code: 'CMR996',
    severity: 'warning',
    message: msg`fold ${'fold'} begins again with other random weights, for the ${'draw'}. of at most ${'most'} times`,
  },
});
