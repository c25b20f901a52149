import { codeTable, msg } from '../message.ts';

/** 1xx — text: tokens, syntax, edition. */
export const textCodes = codeTable('text', {
  unexpectedToken: {
    code: 'CMR101',
    severity: 'error',
    message: msg`expected ${'expected'}, found ${'found'}`,
  },
  unexpectedEnd: {
    code: 'CMR102',
    severity: 'error',
    message: msg`expected ${'expected'}, but the text ends here`,
  },
  unknownKeyword: { code: 'CMR103', severity: 'error', message: msg`no keyword \`${'word'}\`` },
  reservedWord: {
    code: 'CMR104',
    severity: 'error',
    message: msg`\`${'word'}\` is a reserved word and cannot be a name`,
  },
  unknownCharacter: { code: 'CMR105', severity: 'error', message: msg`${'characters'} means nothing here` },
  unterminatedString: { code: 'CMR106', severity: 'error', message: msg`a string without its closing quote` },
  singleQuotes: { code: 'CMR107', severity: 'error', message: msg`a string in single quotes` },
  unknownEscape: {
    code: 'CMR108',
    severity: 'error',
    message: msg`no escape \`${'escape'}\` in strings`,
  },
  unknownUnit: { code: 'CMR109', severity: 'error', message: msg`no unit \`${'unit'}\`` },
  detachedUnit: {
    code: 'CMR110',
    severity: 'error',
    message: msg`the unit \`${'unit'}\` stands apart from its number`,
  },
  foreignComment: {
    code: 'CMR111',
    severity: 'error',
    message: msg`a comment that does not start with \`//\``,
  },
  missingEdition: { code: 'CMR112', severity: 'error', message: msg`the file does not say its edition` },
  unknownEdition: {
    code: 'CMR113',
    severity: 'error',
    message: msg`no edition ${'edition'} of the language`,
  },
  lateImport: { code: 'CMR114', severity: 'error', message: msg`an import after a declaration` },
  nestedTooDeeply: {
    code: 'CMR115',
    severity: 'error',
    message: msg`more than ${'limit'} brackets or operators inside each other`,
  },
  numberTooLarge: { code: 'CMR116', severity: 'error', message: msg`the number is too large or too small` },
  unreadableText: {
    code: 'CMR117',
    severity: 'error',
    message: msg`\`${'path'}\` is not a spec: ${'reason'}`,
  },
});
