import { codeTable, msg } from '../message.ts';

/** 9xx — environment and runs: backends, run folders, command line. */
export const environmentCodes = codeTable('environment', {
  // Backends.
  unknownBackend: { code: 'CMR901', severity: 'error', message: msg`no backend named \`${'name'}\`` },
  noBackend: {
    code: 'CMR902',
    severity: 'error',
    message: msg`the backend \`${'name'}\` cannot be loaded: ${'reason'}`,
  },
  noThreads: {
    code: 'CMR903',
    severity: 'note',
    message: msg`the wasm backend runs on one thread: ${'reason'}`,
  },
  onnxStandard: {
    code: 'CMR960',
    severity: 'note',
    message: msg`ONNX Runtime computes with standard operators only, which takes longer: ${'reason'}`,
  },
  onnxUnsuited: {
    code: 'CMR961',
    severity: 'warning',
    message: msg`\`${'network'}\` cannot be compiled for ONNX Runtime: ${'reason'}; the wasm backend takes over`,
  },
  untrainedNetwork: {
    code: 'CMR962',
    cause: 'command line',
    severity: 'error',
    message: msg`no experiment trains \`${'name'}\`: it has no training step`,
  },
  foreignWeights: {
    code: 'CMR963',
    severity: 'error',
    message: msg`the weights of \`${'run'}\` are not those of the network \`${'name'}\``,
  },
  diverged: {
    code: 'CMR904',
    cause: 'experiment',
    severity: 'error',
    message: msg`training diverged: the loss or its gradient is ${'value'} at step ${'step'} of epoch ${'epoch'}`,
  },

  // Run folders.
  noRun: { code: 'CMR910', severity: 'error', message: msg`\`${'path'}\` is not a run folder` },
  brokenRun: {
    code: 'CMR911',
    severity: 'error',
    message: msg`\`${'path'}\` cannot be read as a run: ${'reason'}`,
  },
  runExists: { code: 'CMR912', severity: 'error', message: msg`\`${'path'}\` already holds files` },
  runBusy: {
    code: 'CMR913',
    severity: 'error',
    message: msg`\`${'path'}\` is already being trained by process ${'pid'}`,
  },
  brokenCheckpoint: {
    code: 'CMR914',
    severity: 'warning',
    message: msg`the checkpoint \`${'path'}\` is damaged: ${'reason'}`,
  },
  noCheckpoint: {
    code: 'CMR915',
    severity: 'error',
    message: msg`fold ${'fold'} has no complete checkpoint`,
  },
  lostCheckpoint: {
    code: 'CMR977',
    severity: 'error',
    message: msg`fold ${'fold'} is judged by its weights after epoch ${'epoch'}, and they cannot be read: ${'reason'}`,
  },
  damagedRun: {
    code: 'CMR978',
    severity: 'warning',
    message: msg`\`${'path'}\` is passed over, for its record is damaged: ${'reason'}`,
  },
  brokenEvaluation: {
    code: 'CMR979',
    severity: 'warning',
    message: msg`\`${'path'}\` cannot be believed: ${'reason'}`,
  },
  brokenJournal: {
    code: 'CMR880',
    severity: 'warning',
    message: msg`in the journal \`${'path'}\` ${'what'}`,
  },
  unknownFold: {
    code: 'CMR916',
    cause: 'command line',
    severity: 'error',
    message: msg`there is no fold ${'fold'}: \`${'experiment'}\` has ${'count'}`,
  },
  notDeleted: {
    code: 'CMR932',
    severity: 'error',
    message: msg`no deleted run \`${'path'}\` lies in \`${'trash'}\``,
  },
  changedByHand: {
    code: 'CMR933',
    severity: 'warning',
    message: msg`\`${'path'}\` is not what its spec describes: its learning rate was changed by hand`,
  },
  notTraining: {
    code: 'CMR934',
    cause: 'experiment',
    severity: 'error',
    message: msg`nothing is being trained in \`${'path'}\``,
  },
  trainedElsewhere: {
    code: 'CMR935',
    severity: 'error',
    message: msg`\`${'path'}\` is being trained on \`${'host'}\`, which this machine cannot reach`,
  },
  leaseLost: {
    code: 'CMR970',
    severity: 'warning',
    message: msg`fold ${'fold'} was taken over by another process while this one was suspended or cut off: this one ends and writes nothing more`,
  },
  unprovedHolder: {
    code: 'CMR971',
    severity: 'error',
    message: msg`process ${'pid'}, which the lock of \`${'path'}\` names, is not proved to train it, and is not signalled`,
  },
  viewIncomplete: {
    code: 'CMR972',
    severity: 'error',
    message: msg`not all that the view \`${'view'}\` shows can be read`,
  },
  diskFull: { code: 'CMR917', severity: 'error', message: msg`no space left to write \`${'path'}\`` },
  systemRefusal: {
    code: 'CMR918',
    severity: 'error',
    message: msg`\`${'path'}\` cannot be ${'done'}: ${'reason'}`,
  },
  processLost: {
    code: 'CMR919',
    severity: 'error',
    message: msg`the training process of fold ${'fold'} ended without a word`,
  },
  workerBug: {
    code: 'CMR930',
    cause: 'cmrnet',
    severity: 'error',
    message: msg`internal error in the training process: ${'reason'}`,
  },
  outOfMemory: {
    code: 'CMR931',
    severity: 'error',
    message: msg`not enough memory to train: ${'reason'}`,
  },

  // Studies: predictions, sweeps, comparisons.
  brokenPredictions: {
    code: 'CMR980',
    severity: 'warning',
    message: msg`the predictions in \`${'path'}\` cannot be believed: ${'reason'}`,
  },
  overBudget: {
    code: 'CMR981',
    cause: 'experiment',
    severity: 'error',
    message: msg`the study needs ${'needed'} of ${'what'}, and its budget is ${'budget'}`,
  },
  tooMuchMemory: {
    code: 'CMR982',
    severity: 'error',
    message: msg`training \`${'experiment'}\` needs about ${'needed'} of memory, and there are ${'limit'}`,
  },
  fewerEpochs: {
    code: 'CMR983',
    severity: 'error',
    message: msg`fold ${'fold'} has already been trained for ${'done'} epochs, so ${'epochs'} cannot be its last`,
  },
  fixedEpochs: {
    code: 'CMR984',
    severity: 'error',
    message: msg`the ${'schedule'} schedule of the learning rate ends with epoch ${'epochs'}: there is no going on after it`,
  },
  nothingTrained: {
    code: 'CMR985',
    severity: 'error',
    message: msg`nothing of \`${'study'}\` has been trained in \`${'folder'}\``,
  },

  // Engines that are built on this machine.
  packageNotBrought: {
    code: 'CMR940',
    severity: 'error',
    message: msg`npm did not bring \`${'name'}\`: ${'reason'}`,
  },
  noCompiler: { code: 'CMR941', severity: 'error', message: msg`there is no C++ compiler on the path` },
  noLibrary: {
    code: 'CMR942',
    severity: 'error',
    message: msg`no TensorFlow library was found or could be fetched: ${'reason'}`,
  },
  wrongLibrary: {
    code: 'CMR943',
    severity: 'error',
    message: msg`\`${'path'}\` holds no TensorFlow library that fits: ${'reason'}`,
  },
  addonNotCompiled: {
    code: 'CMR944',
    severity: 'error',
    message: msg`the addon does not compile with ${'compiler'}: ${'reason'}`,
  },
  selfTestFailed: {
    code: 'CMR945',
    severity: 'error',
    message: msg`\`${'name'}\` fails its self-test: ${'reason'}`,
  },
  noGpu: { code: 'CMR946', severity: 'error', message: msg`no GPU can be used: ${'reason'}` },
  engineBusy: {
    code: 'CMR947',
    severity: 'error',
    message: msg`process ${'pid'} is installing an engine`,
  },
  engineMissing: { code: 'CMR948', severity: 'error', message: msg`\`${'name'}\` is not installed` },
  noNativeBuild: {
    code: 'CMR949',
    severity: 'error',
    message: msg`engines cannot be built on ${'platform'} yet`,
  },
  installStopped: { code: 'CMR950', severity: 'error', message: msg`the installation was stopped` },
  engineSkipped: {
    code: 'CMR951',
    severity: 'warning',
    message: msg`the installed engine \`${'name'}\` does not start: ${'reason'}`,
  },
  notCalibrated: {
    code: 'CMR952',
    severity: 'error',
    message: msg`the compiled engine was not calibrated: ${'reason'}`,
  },

  // Files and names on the command line.
  noFile: { code: 'CMR920', severity: 'error', message: msg`no file \`${'path'}\`` },
  folderAsFile: { code: 'CMR921', severity: 'error', message: msg`\`${'path'}\` is a folder, not a file` },
  unreadableFile: {
    code: 'CMR922',
    severity: 'error',
    message: msg`\`${'path'}\` cannot be read: ${'reason'}`,
  },
  fileExists: {
    code: 'CMR923',
    cause: 'command line',
    severity: 'error',
    message: msg`\`${'path'}\` exists already`,
  },
  noExperiment: {
    code: 'CMR924',
    cause: 'command line',
    severity: 'error',
    message: msg`\`${'path'}\` declares no ${'kind'}`,
  },
  unknownExperiment: {
    code: 'CMR925',
    cause: 'command line',
    severity: 'error',
    message: msg`\`${'path'}\` has no ${'kind'} named \`${'name'}\``,
  },
  chooseExperiment: {
    code: 'CMR926',
    cause: 'command line',
    severity: 'error',
    message: msg`\`${'path'}\` has ${'count'} ${'kind'}s, and none was named`,
  },
  unknownTopic: {
    code: 'CMR927',
    cause: 'command line',
    severity: 'error',
    message: msg`nothing is known about \`${'topic'}\``,
  },
  unknownVersion: {
    code: 'CMR741',
    cause: 'command line',
    severity: 'error',
    message: msg`the changelog has no version \`${'version'}\``,
  },
});
