import { codeTable, msg, spelling } from '../message.ts';

/** 2xx — names, imports and cycles. */
export const nameCodes = codeTable('experiment', {
  unknownName: {
    code: 'CMR201',
    severity: 'error',
    fixes: spelling,
    message: msg`no ${'kind'} named \`${'name'}\``,
  },
  duplicateName: { code: 'CMR202', severity: 'error', message: msg`\`${'name'}\` is declared twice` },
  missingFile: { code: 'CMR203', severity: 'error', message: msg`cannot read \`${'path'}\`` },
  missingDeclaration: {
    code: 'CMR204',
    severity: 'error',
    fixes: spelling,
    message: msg`\`${'path'}\` declares no \`${'name'}\``,
  },
  importCycle: { code: 'CMR205', severity: 'error', message: msg`this import leads back to \`${'path'}\`` },
  unusedImport: {
    code: 'CMR206',
    severity: 'warning',
    fixes: { remove: 'sure' },
    message: msg`\`${'name'}\` is imported but never used`,
  },
  unusedName: {
    code: 'CMR207',
    severity: 'warning',
    message: msg`the ${'kind'} \`${'name'}\` is never used`,
  },
  recursiveBlock: {
    code: 'CMR208',
    severity: 'error',
    message: msg`the block \`${'name'}\` contains itself`,
  },
  takenName: {
    code: 'CMR209',
    severity: 'error',
    message: msg`\`${'name'}\` is the name of ${'what'} of the language`,
  },
  unknownAnnotation: {
    code: 'CMR210',
    severity: 'error',
    fixes: spelling,
    message: msg`no annotation named \`@${'name'}\``,
  },
  unknownWarning: {
    code: 'CMR211',
    severity: 'error',
    fixes: spelling,
    message: msg`no warning named \`${'name'}\``,
  },
  missingStatement: {
    code: 'CMR212',
    severity: 'error',
    message: msg`the ${'kind'} \`${'name'}\` has no \`${'statement'}\``,
  },
  misplacedStatement: {
    code: 'CMR213',
    severity: 'error',
    message: msg`\`${'statement'}\` does not belong in a ${'kind'}`,
  },
  unnamedOutput: {
    code: 'CMR214',
    severity: 'error',
    message: msg`one of the several outputs of \`${'block'}\` has no name`,
  },
  wrongDeclaration: {
    code: 'CMR215',
    severity: 'error',
    message: msg`\`${'name'}\` is ${'actual'}, not ${'expected'}`,
  },
  annotationArgument: {
    code: 'CMR216',
    severity: 'error',
    message: msg`\`@${'name'}\` takes one text in quotes`,
  },
  missingManifest: {
    code: 'CMR218',
    severity: 'note',
    message: msg`the manifest \`${'path'}\` is not there`,
  },
  unknownHeadKind: {
    code: 'CMR217',
    severity: 'error',
    fixes: spelling,
    message: msg`no kind of head named \`${'name'}\``,
  },
});
