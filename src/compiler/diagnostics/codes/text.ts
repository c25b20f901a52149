import { codeTable, msg, spelling } from '../message.ts';

/** A sign that was added, taken away or replaced: `|` for `|>` can mean nothing else, the others are guesses. */
const mendedSign = { pipe: 'sure', sign: 'maybe' } as const;

/** Other quotes: what stands in them is one string, unless it holds signs that mean something in a string. */
const stringQuotes = { doubleQuotes: 'sure', quotes: 'maybe' } as const;

/** 1xx — text: tokens, syntax, edition. */
export const textCodes = codeTable('text', {
  unexpectedToken: {
    code: 'CMR101',
    severity: 'error',
    fixes: mendedSign,
    message: msg`expected ${'expected'}, found ${'found'}`,
  },
  unexpectedEnd: {
    code: 'CMR102',
    severity: 'error',
    fixes: mendedSign,
    message: msg`expected ${'expected'}, but the text ends here`,
  },
  unknownKeyword: {
    code: 'CMR103',
    severity: 'error',
    fixes: { keyword: 'sure', spelling: 'maybe' },
    message: msg`no keyword \`${'word'}\``,
  },
  reservedWord: {
    code: 'CMR104',
    severity: 'error',
    fixes: mendedSign,
    message: msg`\`${'word'}\` is a reserved word and cannot be a name`,
  },
  unknownCharacter: {
    code: 'CMR105',
    severity: 'error',
    fixes: { semicolon: 'sure', sign: 'maybe' },
    message: msg`${'characters'} means nothing here`,
  },
  unterminatedString: {
    code: 'CMR106',
    severity: 'error',
    fixes: { quote: 'maybe' },
    message: msg`a string without its closing quote`,
  },
  singleQuotes: {
    code: 'CMR107',
    severity: 'error',
    fixes: stringQuotes,
    message: msg`a string in single quotes`,
  },
  unknownEscape: {
    code: 'CMR108',
    severity: 'error',
    fixes: { backslash: 'maybe' },
    message: msg`no escape \`${'escape'}\` in strings`,
  },
  unknownUnit: { code: 'CMR109', severity: 'error', fixes: spelling, message: msg`no unit \`${'unit'}\`` },
  detachedUnit: {
    code: 'CMR110',
    severity: 'error',
    fixes: { join: 'sure' },
    message: msg`the unit \`${'unit'}\` stands apart from its number`,
  },
  foreignComment: {
    code: 'CMR111',
    severity: 'error',
    fixes: { comment: 'sure', line: 'maybe' },
    message: msg`a comment that does not start with \`//\``,
  },
  missingEdition: {
    code: 'CMR112',
    severity: 'error',
    fixes: { edition: 'sure' },
    message: msg`the file does not say its edition`,
  },
  unknownEdition: {
    code: 'CMR113',
    severity: 'error',
    fixes: { edition: 'maybe' },
    message: msg`no edition ${'edition'} of the language`,
  },
  lateImport: {
    code: 'CMR114',
    severity: 'error',
    fixes: { move: 'sure' },
    message: msg`an import after a declaration`,
  },
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
  typographicQuotes: {
    code: 'CMR118',
    severity: 'error',
    fixes: stringQuotes,
    message: msg`a string in typographic quotes`,
  },
  bareFraction: {
    code: 'CMR119',
    severity: 'error',
    fixes: { zero: 'maybe' },
    message: msg`the number \`${'written'}\` does not begin with a digit`,
  },
  unclosedBlock: {
    code: 'CMR120',
    severity: 'error',
    fixes: { sign: 'maybe' },
    message: msg`a \`{\` without its \`}\``,
  },
  strayBrace: {
    code: 'CMR121',
    severity: 'error',
    fixes: { sign: 'maybe' },
    message: msg`a \`}\` without its \`{\``,
  },
  foreignWord: {
    code: 'CMR122',
    severity: 'error',
    message: msg`there is no \`${'word'}\` in the language`,
  },
  untypedParameter: {
    code: 'CMR123',
    severity: 'error',
    fixes: { type: 'maybe' },
    message: msg`the parameter \`${'name'}\` has no type`,
  },
  operatorAfterPipe: {
    code: 'CMR125',
    severity: 'error',
    fixes: { parentheses: 'maybe' },
    message: msg`\`${'operator'}\` cannot follow \`|>\` without parentheses`,
  },
  missingBrace: {
    code: 'CMR126',
    severity: 'error',
    fixes: { sign: 'maybe' },
    message: msg`\`${'name'}\` has no \`{\``,
  },
  largeBatch: {
    code: 'CMR127',
    severity: 'warning',
    message: msg`a batch of ${'batch'} is more than the ${'images'} images that fold ${'fold'} trains on`,
  },
  limitedData: {
    code: 'CMR128',
    severity: 'note',
    message: msg`a quick trial on ${'patients'} patients: its numbers say nothing of the whole`,
  },
  tooManyMistakes: {
    code: 'CMR124',
    severity: 'note',
    message: msg`at least ${'count'} more mistakes are not shown`,
  },
});
