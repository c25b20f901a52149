import { codeTable, msg, spelling } from '../message.ts';

/** 5xx — experiments and datasets: settings, losses, heads, metrics, folds. */
export const experimentCodes = codeTable('experiment', {
  unknownSetting: {
    code: 'CMR501',
    severity: 'error',
    fixes: spelling,
    message: msg`${'section'} has no setting \`${'name'}\``,
  },
  missingSetting: { code: 'CMR502', severity: 'error', message: msg`${'section'} needs \`${'name'}\`` },
  lossHead: {
    code: 'CMR503',
    severity: 'error',
    fixes: { head: 'maybe' },
    message: msg`\`${'loss'}\` needs ${'expected'}`,
  },
  lossForm: {
    code: 'CMR504',
    severity: 'error',
    message: msg`a loss is a weighted sum of losses of heads, and ${'what'} is none`,
  },
  repeatedSetting: { code: 'CMR505', severity: 'error', message: msg`\`${'name'}\` is set twice` },
  metricHead: {
    code: 'CMR506',
    severity: 'error',
    message: msg`\`${'metric'}\` does not measure a ${'kind'} head`,
  },
  positiveClass: {
    code: 'CMR507',
    severity: 'error',
    fixes: spelling,
    message: msg`the positive class \`${'name'}\` is not one of the classes`,
  },
  inputSize: {
    code: 'CMR508',
    severity: 'error',
    message: msg`\`${'network'}\` takes images of ${'input'}, and \`${'dataset'}\` gives ${'fitted'}`,
  },
  headChannels: {
    code: 'CMR509',
    severity: 'error',
    message: msg`the head \`${'head'}\` has ${'actual'}, and \`${'dataset'}\` ${'expected'}`,
  },
  muchMemory: {
    code: 'CMR219',
    severity: 'warning',
    message: msg`a training step takes ${'size'} of memory at the least`,
  },
  zeroWeight: {
    code: 'CMR510',
    severity: 'warning',
    message: msg`the head \`${'head'}\` is not trained: the loss gives it no weight`,
  },
  negativeWeight: {
    code: 'CMR511',
    severity: 'error',
    message: msg`the loss gives the head \`${'head'}\` the negative weight ${'weight'}`,
  },
  weightSum: { code: 'CMR512', severity: 'note', message: msg`the weights of the loss sum to ${'sum'}` },
  untrainable: {
    code: 'CMR513',
    severity: 'error',
    message: msg`the loss gives no head any weight, so nothing can be trained`,
  },
  headActivation: {
    code: 'CMR514',
    severity: 'error',
    message: msg`the head \`${'head'}\` does not end in probabilities`,
  },
  fitSize: {
    code: 'CMR515',
    severity: 'error',
    message: msg`\`${'step'}\` cannot take an image of ${'size'}`,
  },
  leakyFolds: {
    code: 'CMR516',
    severity: 'warning',
    message: msg`images of one patient may be on both sides of a fold`,
  },
  dataSource: { code: 'CMR517', severity: 'error', message: msg`the dataset \`${'name'}\` ${'problem'}` },
  sharedValue: {
    code: 'CMR518',
    severity: 'error',
    message: msg`${'value'} belongs to both \`${'first'}\` and \`${'second'}\``,
  },
  relativeIntensity: {
    code: 'CMR519',
    severity: 'warning',
    message: msg`\`${'intensity'}\` takes the absolute T1 from the images that \`${'head'}\` is to tell apart`,
  },
  countMismatch: {
    code: 'CMR520',
    severity: 'error',
    message: msg`the classes sum to ${'sum'} images, not to ${'images'}`,
  },
  fewImages: {
    code: 'CMR521',
    severity: 'error',
    message: msg`${'what'} needs at least ${'needed'} images, and there are ${'images'}`,
  },
  needsValidation: {
    code: 'CMR522',
    severity: 'error',
    message: msg`\`${'setting'}\` needs a validation loss, and \`validation\` is 0`,
  },
  idleValidation: {
    code: 'CMR523',
    severity: 'warning',
    message: msg`\`validation\` keeps ${'share'} of the training images for nothing`,
  },
  longWarmup: {
    code: 'CMR524',
    severity: 'error',
    message: msg`a warm-up of ${'warmup'} epochs leaves none of ${'epochs'}`,
  },
  idleSchedule: {
    code: 'CMR525',
    severity: 'warning',
    message: msg`\`${'setting'}\` comes to nothing: ${'needed'} epochs are needed, and there are ${'epochs'}`,
  },
  averageStatistics: {
    code: 'CMR526',
    severity: 'warning',
    message: msg`averaged weights predict with batch-norm statistics that belong to others`,
  },
  balanceClasses: {
    code: 'CMR527',
    severity: 'error',
    message: msg`\`sampling = balanced\` needs classes, and \`${'dataset'}\` declares none`,
  },
  impossibleRate: {
    code: 'CMR528',
    severity: 'warning',
    cause: 'publication',
    message: msg`the published ${'metric'} of ${'value'} is no share of ${'count'} ${'which'} images`,
  },
  impossibleMatrix: {
    code: 'CMR529',
    severity: 'warning',
    cause: 'publication',
    message: msg`no confusion matrix over ${'positive'} positive and ${'negative'} negative images gives the published ${'metrics'}`,
  },
  impossibleArea: {
    code: 'CMR530',
    severity: 'warning',
    cause: 'publication',
    message: msg`the published AUC of ${'value'} cannot be, with a sensitivity of ${'sensitivity'} and a specificity of ${'specificity'}`,
  },
  impossibleOverlap: {
    code: 'CMR531',
    severity: 'warning',
    cause: 'publication',
    message: msg`the published Jaccard index of ${'jaccard'} cannot be, with a Dice coefficient of ${'dsc'}`,
  },
  idleWeighting: {
    code: 'CMR532',
    severity: 'warning',
    message: msg`\`weighting = uncertainty\` has nothing to weigh: only \`${'head'}\` has a loss`,
  },
  noHeadBias: {
    code: 'CMR533',
    severity: 'warning',
    message: msg`\`${'head'}\` cannot start at ${'prior'}: no bias moves ${'answers'} alone`,
  },
  fastWithoutNorms: {
    code: 'CMR534',
    severity: 'warning',
    message: msg`\`${'optimizer'}\` at ${'rate'} rarely trains ${'layers'} convolutions without a norm between them`,
  },
  overlapAlone: {
    code: 'CMR535',
    severity: 'warning',
    message: msg`\`${'head'}\` has a loss of overlap alone, which hardly moves empty masks`,
  },
  smallBatches: {
    code: 'CMR536',
    severity: 'warning',
    message: msg`batch norm takes its statistics from ${'batch'} at a time`,
  },
  largeRate: {
    code: 'CMR537',
    severity: 'warning',
    message: msg`\`${'optimizer'}\` rarely survives a learning rate of ${'rate'}`,
  },
  noBackground: {
    code: 'CMR538',
    severity: 'error',
    message: msg`\`${'loss'}\` cannot leave out the background: \`${'head'}\` has no channel for it`,
  },
  attributeForm: {
    code: 'CMR616',
    severity: 'error',
    message: msg`the attribute \`${'name'}\` ${'problem'}`,
  },
  noAttribute: {
    code: 'CMR617',
    severity: 'error',
    message: msg`\`${'dataset'}\` gives no ${'what'} for the ${'kind'} head \`${'head'}\``,
  },
  attributeActivation: {
    code: 'CMR618',
    severity: 'error',
    message: msg`the head \`${'head'}\` ends with \`${'activation'}\`, and ${'why'}`,
  },
  needsPositive: {
    code: 'CMR619',
    severity: 'error',
    message: msg`${'what'} of \`${'head'}\` needs a positive class`,
  },
  unknownPart: {
    code: 'CMR620',
    severity: 'error',
    fixes: spelling,
    message: msg`\`${'network'}\` has no weights under \`${'part'}\``,
  },
  allFrozen: {
    code: 'CMR621',
    severity: 'error',
    message: msg`\`freeze\` leaves no weight that training could change`,
  },
  oblongTurns: {
    code: 'CMR622',
    severity: 'error',
    message: msg`quarter turns need square images, and those of \`${'network'}\` are ${'height'}×${'width'}`,
  },
  idleNesterov: {
    code: 'CMR539',
    severity: 'warning',
    message: msg`\`nesterov = true\` comes to nothing with a momentum of 0`,
  },
  lossAxes: {
    code: 'CMR540',
    severity: 'error',
    message: msg`the loss \`${'name'}\` comes out as a value for each ${'axes'}`,
  },
  classWeights: {
    code: 'CMR541',
    severity: 'error',
    message: msg`${'what'} has ${'given'}, and \`${'head'}\` has ${'wanted'}`,
  },
  lossBody: { code: 'CMR542', severity: 'error', message: msg`${'problem'}` },
  deepSupervision: { code: 'CMR543', severity: 'error', message: msg`${'problem'}` },
});
