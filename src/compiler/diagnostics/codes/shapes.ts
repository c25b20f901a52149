import { codeTable, msg } from '../message.ts';

/**
 * 4xx — shapes, strides, rates and reach.
 * 40x declared shapes, 41x operands, 42x strides and divisibility, 43x windows, rates and receptive fields,
 * 44x normalisation, 45x values and heads.
 */
export const shapeCodes = codeTable('network', {
  axisSize: {
    code: 'CMR401',
    severity: 'error',
    message: msg`the axis \`${'axis'}\` is ${'actual'} here, not ${'expected'}`,
  },
  axisCount: {
    code: 'CMR402',
    severity: 'error',
    message: msg`a shape of ${'expected'} axes cannot describe ${'actual'}`,
  },

  operandKind: {
    code: 'CMR410',
    severity: 'error',
    message: msg`\`${'operation'}\` needs ${'expected'}, not ${'actual'}`,
  },
  addShape: {
    code: 'CMR411',
    severity: 'error',
    message: msg`\`+\` needs operands of equal shape, or one channel or a number per channel beside a map`,
  },
  subtractShape: {
    code: 'CMR426',
    severity: 'error',
    message: msg`\`-\` needs operands of equal shape, or one channel or a number per channel beside a map`,
  },
  concatShape: { code: 'CMR412', severity: 'error', message: msg`\`concat\` needs equal heights and widths` },
  multiplyShape: {
    code: 'CMR413',
    severity: 'error',
    message: msg`\`*\` needs operands of equal shape, or one channel or a number per channel beside a map`,
  },
  cropTooLarge: {
    code: 'CMR414',
    severity: 'error',
    message: msg`\`crop\` leaves nothing of a map of ${'shape'}`,
  },
  maskShape: {
    code: 'CMR415',
    severity: 'error',
    message: msg`the mask head \`${'head'}\` does not have the size of the image`,
  },
  labelShape: {
    code: 'CMR416',
    severity: 'error',
    message: msg`the label head \`${'head'}\` needs a vector, not a map of ${'shape'}`,
  },
  valueShape: {
    code: 'CMR615',
    severity: 'error',
    message: msg`the value head \`${'head'}\` predicts one number, not ${'shape'}`,
  },
  sharedShape: {
    code: 'CMR417',
    severity: 'error',
    message: msg`the weights of \`${'layer'}\` do not fit an operand of ${'shape'}`,
  },
  unpoolShape: {
    code: 'CMR418',
    severity: 'error',
    message: msg`\`max_unpool\` needs equal channels, and a second map that the first divides`,
  },

  sliceTooLarge: {
    code: 'CMR427',
    severity: 'error',
    message: msg`\`slice\` cannot take ${'count'} ${'axis'} from ${'begin'} on of a map or vector that has ${'size'}`,
  },
  matmulShape: {
    code: 'CMR328',
    severity: 'error',
    message: msg`\`matmul\` cannot multiply ${'left'} by ${'right'}`,
  },
  reshapeCount: {
    code: 'CMR329',
    severity: 'error',
    message: msg`the ${'count'} values of ${'shape'} are no whole number of channels for ${'pixels'} pixels`,
  },
  spaceIndivisible: {
    code: 'CMR330',
    severity: 'error',
    message: msg`a factor of ${'factor'} does not divide a map of ${'height'}×${'width'}`,
  },
  stridedRate: {
    code: 'CMR420',
    severity: 'error',
    message: msg`\`${'operation'}\` cannot have both a stride and a rate above 1`,
  },
  channelsIndivisible: {
    code: 'CMR421',
    severity: 'error',
    message: msg`\`depth_to_space(${'factor'})\` cannot divide ${'channels'} channels by ${'divisor'}`,
  },
  groupsIndivisible: {
    code: 'CMR422',
    severity: 'error',
    message: msg`${'groups'} groups do not divide ${'channels'} ${'which'}`,
  },
  droppedBorder: {
    code: 'CMR423',
    severity: 'note',
    message: msg`\`${'operation'}\` with stride ${'stride'} drops the border of a map of ${'size'}`,
  },
  tooManyValues: {
    code: 'CMR424',
    severity: 'error',
    message: msg`${'what'} of ${'shape'} has more values than any engine can hold`,
  },
  tooManyLayers: {
    code: 'CMR425',
    severity: 'error',
    message: msg`the network \`${'name'}\` has more than ${'limit'} layers`,
  },

  windowTooLarge: {
    code: 'CMR430',
    severity: 'error',
    message: msg`a valid window of ${'window'} does not fit a map of ${'size'}`,
  },
  pointlessRate: {
    code: 'CMR431',
    severity: 'warning',
    message: msg`atrous rate ${'rate'} reaches past the whole ${'size'} feature map`,
  },
  deadTaps: {
    code: 'CMR432',
    severity: 'warning',
    message: msg`${'dead'} of ${'taps'} taps only ever read padding on a map of ${'size'}`,
  },
  paddedMass: {
    code: 'CMR433',
    severity: 'warning',
    message: msg`on a map of ${'size'}, rate ${'rate'} leaves ${'effective'} of ${'taps'} taps inside on average`,
  },
  paddedChain: {
    code: 'CMR434',
    severity: 'warning',
    message: msg`only ${'percent'} % of the paths through the serial rates ${'rates'} stay inside a map of ${'size'}`,
  },
  gridding: {
    code: 'CMR435',
    severity: 'warning',
    message: msg`the serial rates ${'rates'} read ${'percent'} % of their ${'field'} field`,
  },
  griddingHoles: {
    code: 'CMR436',
    severity: 'note',
    message: msg`the serial rates ${'rates'} read ${'percent'} % of their ${'field'} field`,
  },
  smallField: {
    code: 'CMR437',
    severity: 'note',
    message: msg`a pixel of \`${'head'}\` sees ${'field'} pixels of the image, fewer than the ${'object'} of a heart`,
  },
  largeField: {
    code: 'CMR438',
    severity: 'note',
    message: msg`a pixel of \`${'head'}\` could see ${'field'} pixels of an image of ${'size'}`,
  },

  fewSamples: {
    code: 'CMR440',
    severity: 'warning',
    cause: 'statistics',
    message: msg`batch norm takes its statistics from ${'samples'} values per channel`,
  },
  slowStatistics: {
    code: 'CMR441',
    severity: 'warning',
    cause: 'statistics',
    message: msg`batch-norm momentum ${'momentum'} averages over more steps than an epoch of ${'steps'} has`,
  },

  unusedValue: {
    code: 'CMR450',
    severity: 'warning',
    message: msg`no head needs the result of \`${'operation'}\``,
  },
});
