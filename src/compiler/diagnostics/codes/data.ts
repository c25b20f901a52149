import { codeTable, msg, spelling } from '../message.ts';

/** 8xx — data: manifests, images, masks, classes, leakage. */
export const dataCodes = codeTable('experiment', {
  // The manifest as a text.
  manifestMissing: {
    code: 'CMR801',
    severity: 'error',
    message: msg`the dataset \`${'dataset'}\` has no manifest \`${'path'}\``,
  },
  manifestSyntax: { code: 'CMR802', severity: 'error', message: msg`the manifest is not YAML: ${'reason'}` },
  manifestKey: {
    code: 'CMR803',
    severity: 'error',
    fixes: spelling,
    message: msg`${'place'} has no key \`${'key'}\``,
  },
  manifestValue: { code: 'CMR804', severity: 'error', message: msg`${'place'} ${'problem'}` },
  manifestEmpty: {
    code: 'CMR805',
    severity: 'error',
    message: msg`the manifest \`${'path'}\` lists no images`,
  },
  duplicateImage: { code: 'CMR806', severity: 'error', message: msg`two rows have the id \`${'id'}\`` },

  // The files that rows name.
  missingImage: {
    code: 'CMR810',
    severity: 'error',
    message: msg`the ${'role'} file of \`${'id'}\` does not exist`,
  },
  damagedImage: {
    code: 'CMR811',
    severity: 'error',
    message: msg`the ${'role'} file of \`${'id'}\` cannot be read: ${'reason'}`,
  },
  missingArray: {
    code: 'CMR812',
    severity: 'error',
    fixes: spelling,
    message: msg`the ${'role'} file of \`${'id'}\` holds no array \`${'array'}\``,
  },
  sliceRange: {
    code: 'CMR813',
    severity: 'error',
    message: msg`the ${'role'} of \`${'id'}\` ${'problem'}`,
  },
  imageSize: {
    code: 'CMR814',
    severity: 'error',
    message: msg`the image of \`${'id'}\` is ${'size'}, declared are ${'declared'}`,
  },
  maskSize: {
    code: 'CMR815',
    severity: 'error',
    message: msg`the mask of \`${'id'}\` is ${'size'}, its image ${'image'}`,
  },
  notFinite: {
    code: 'CMR816',
    severity: 'error',
    message: msg`the ${'role'} of \`${'id'}\` holds values that are no finite numbers, ${'count'} in all`,
  },
  constantImage: {
    code: 'CMR817',
    severity: 'warning',
    message: msg`every pixel of the image of \`${'id'}\` is ${'value'}`,
  },
  fitImage: {
    code: 'CMR818',
    severity: 'error',
    message: msg`the image of \`${'id'}\` is ${'size'} where \`${'step'}\` needs it no ${'reason'}`,
  },
  fittedSize: {
    code: 'CMR819',
    severity: 'error',
    message: msg`the image of \`${'id'}\` is fitted to ${'size'}, the network takes ${'input'}`,
  },

  // Classes and masks.
  unknownLabel: {
    code: 'CMR820',
    severity: 'error',
    fixes: spelling,
    message: msg`the label \`${'label'}\` of \`${'id'}\` belongs to no class`,
  },
  missingTruth: {
    code: 'CMR821',
    severity: 'error',
    message: msg`\`${'id'}\` has no ${'role'}, which the network learns`,
  },
  attributeValue: {
    code: 'CMR722',
    severity: 'error',
    message: msg`\`${'id'}\` gives ${'given'} as \`${'column'}\`, which is to be ${'wanted'}`,
  },
  contradictoryAttribute: {
    code: 'CMR723',
    severity: 'error',
    message: msg`the patient \`${'patient'}\` has both ${'first'} and ${'second'} as \`${'column'}\``,
  },
  startUnfit: {
    code: 'CMR724',
    severity: 'error',
    message: msg`training cannot start with the weights of \`${'run'}\`: ${'reason'}`,
  },
  startChanged: {
    code: 'CMR725',
    severity: 'error',
    message: msg`the weights of \`${'run'}\` are others than those that this run was made to start with`,
  },
  ensembleUnfit: {
    code: 'CMR726',
    severity: 'error',
    message: msg`the networks of \`${'first'}\` and \`${'second'}\` cannot be averaged: ${'difference'} differ`,
  },
  structureValue: {
    code: 'CMR826',
    severity: 'warning',
    message: msg`the manifest says that \`${'name'}\` is ${'value'} in masks; \`${'dataset'}\` takes ${'own'} for it`,
  },
  contradictoryLabels: {
    code: 'CMR822',
    severity: 'error',
    message: msg`the patient \`${'patient'}\` is both \`${'first'}\` and \`${'second'}\``,
  },
  emptyMasks: {
    code: 'CMR823',
    severity: 'note',
    message: msg`${'count'} of ${'total'} masks show none of the structures`,
  },
  absentStructure: {
    code: 'CMR824',
    severity: 'warning',
    message: msg`no mask has a pixel of the structure \`${'structure'}\``,
  },
  unexpectedCount: {
    code: 'CMR825',
    severity: 'error',
    message: msg`the manifest has ${'found'} ${'what'}, expected are ${'expected'}`,
  },

  unnamedValues: {
    code: 'CMR864',
    severity: 'warning',
    message: msg`the masks have the values ${'values'}, which all count as \`${'structure'}\``,
  },
  wrongMask: {
    code: 'CMR865',
    severity: 'error',
    message: msg`the mask of \`${'id'}\` is none: ${'reason'}`,
  },
  roundedMask: {
    code: 'CMR866',
    severity: 'warning',
    message: msg`the masks of ${'count'} images are rounded to whole numbers, by up to ${'most'}`,
  },
  oddMask: {
    code: 'CMR867',
    severity: 'warning',
    message: msg`the masks of ${'count'} images are odd: ${'reason'}`,
  },

  // Channels: of several files, and neighbouring slices.
  inputChannels: {
    code: 'CMR868',
    severity: 'error',
    message: msg`\`${'network'}\` takes ${'channels'}, and \`${'dataset'}\` gives ${'depth'}`,
  },
  imageChannels: {
    code: 'CMR869',
    severity: 'error',
    message: msg`the image of \`${'id'}\` has ${'found'}, the dataset says ${'expected'}`,
  },
  channelSize: {
    code: 'CMR896',
    severity: 'error',
    message: msg`the channels of \`${'id'}\` differ in size: ${'first'} and ${'second'}`,
  },
  noNeighbours: {
    code: 'CMR897',
    severity: 'error',
    message: msg`the slices beside \`${'id'}\` are not known: ${'reason'}`,
  },
  datasetChannels: {
    code: 'CMR898',
    severity: 'error',
    message: msg`the dataset \`${'name'}\` ${'problem'}`,
  },

  // Folds.
  splitPatient: {
    code: 'CMR830',
    severity: 'error',
    message: msg`the patient \`${'patient'}\` is in folds ${'first'} and ${'second'}`,
  },
  incompleteFolds: {
    code: 'CMR831',
    severity: 'error',
    message: msg`${'count'} of ${'total'} rows name no fold`,
  },
  foldRange: {
    code: 'CMR832',
    severity: 'error',
    message: msg`\`${'id'}\` is in fold ${'fold'}, the experiment has ${'count'}`,
  },
  fewPatients: {
    code: 'CMR833',
    severity: 'error',
    message: msg`${'patients'} patients cannot fill ${'folds'} folds`,
  },
  rareClass: {
    code: 'CMR834',
    severity: 'warning',
    message: msg`the class \`${'name'}\` has ${'patients'} patients for ${'folds'} folds`,
  },

  emptyFold: {
    code: 'CMR835',
    severity: 'error',
    message: msg`fold ${'fold'} leaves no images to ${'purpose'}`,
  },

  unknownSpacing: {
    code: 'CMR836',
    severity: 'error',
    message: msg`\`${'step'}\` needs the spacing of \`${'id'}\`, which is not known`,
  },

  // Importing.
  importFolder: {
    code: 'CMR840',
    severity: 'error',
    message: msg`\`${'folder'}\` is not laid out as \`${'layout'}\`: ${'reason'}`,
  },
  importRow: {
    code: 'CMR841',
    severity: 'error',
    message: msg`line ${'line'} of \`${'file'}\` ${'problem'}`,
  },
  importFile: {
    code: 'CMR842',
    severity: 'warning',
    message: msg`\`${'path'}\` is left out: ${'reason'}`,
  },
  importRemark: {
    code: 'CMR860',
    severity: 'warning',
    message: msg`\`${'path'}\`: ${'remark'}`,
  },
  importTable: {
    code: 'CMR861',
    severity: 'warning',
    message: msg`${'place'} ${'problem'}`,
  },
  importUnused: {
    code: 'CMR855',
    severity: 'warning',
    message: msg`files of \`${'folder'}\` that the layout \`${'layout'}\` does not use: ${'count'}`,
  },
  importMerged: {
    code: 'CMR856',
    severity: 'note',
    message: msg`${'count'} files are taken for one image: ${'reason'}`,
  },
  importChannels: {
    code: 'CMR899',
    severity: 'error',
    message: msg`the channels of \`${'name'}\` are not whole: ${'reason'}`,
  },
  sourceFolder: {
    code: 'CMR862',
    severity: 'error',
    message: msg`\`${'path'}\` lies in the folder \`${'folder'}\` that is imported, into which nothing is written`,
  },
  decodedFolder: {
    code: 'CMR863',
    severity: 'warning',
    message: msg`the images are written to \`${'folder'}\`, because \`${'taken'}\` holds other files`,
  },
  nothingPredicted: {
    code: 'CMR844',
    severity: 'error',
    message: msg`none of ${'count'} inputs could be predicted`,
  },
  nothingShown: {
    code: 'CMR845',
    severity: 'error',
    message: msg`no image has \`${'text'}\` in its name, patient or label`,
  },
  shortKey: {
    code: 'CMR843',
    severity: 'error',
    message: msg`the key \`${'path'}\` has ${'length'} characters, ${'least'} are needed`,
  },

  // Series of DICOM images.
  seriesCopy: {
    code: 'CMR850',
    severity: 'warning',
    message: msg`\`${'path'}\` is the same image as \`${'of'}\` and counts once`,
  },
  seriesResent: {
    code: 'CMR846',
    severity: 'warning',
    message: msg`the series of \`${'path'}\` is that of \`${'of'}\` again under another number, and counts once`,
  },
  seriesGap: {
    code: 'CMR851',
    severity: 'warning',
    message: msg`between \`${'before'}\` and \`${'after'}\` a series lacks slices: ${'count'}`,
  },
  seriesPhase: {
    code: 'CMR852',
    severity: 'warning',
    message: msg`a series of ${'places'} places and ${'phases'} phases lacks images: ${'count'}`,
  },
  seriesPlaces: {
    code: 'CMR853',
    severity: 'warning',
    message: msg`the slices of the series of \`${'path'}\` ${'problem'}`,
  },
  invertedValues: {
    code: 'CMR854',
    severity: 'warning',
    message: msg`the values of \`${'path'}\` are turned round: low is bright in it`,
  },

  // The data that a run recorded.
  dataChanged: {
    code: 'CMR870',
    severity: 'error',
    message: msg`the data of \`${'run'}\` have changed: ${'change'}`,
  },
  dataGrew: {
    code: 'CMR871',
    severity: 'warning',
    message: msg`${'change'} since \`${'run'}\` was made, which are in no fold of it`,
  },
  unprovenData: {
    code: 'CMR872',
    severity: 'warning',
    message: msg`nothing can be proved of the data of \`${'run'}\`: ${'reason'}`,
  },
  brokenDataRecord: {
    code: 'CMR873',
    severity: 'error',
    message: msg`\`${'path'}\`, which says what a run trained on, cannot be believed: ${'reason'}`,
  },
  otherData: {
    code: 'CMR874',
    severity: 'warning',
    message: msg`\`${'run'}\` is not taken for \`${'member'}\`: since it was made ${'change'}`,
  },
  largeBatch: {
    code: 'CMR837',
    severity: 'warning',
    message: msg`a batch of ${'batch'} is more than the ${'images'} images that fold ${'fold'} trains on`,
  },
  limitedData: {
    code: 'CMR838',
    severity: 'note',
    message: msg`a quick trial on ${'patients'} patients: its numbers say nothing of the whole`,
  },
});
