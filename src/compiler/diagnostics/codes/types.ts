import { codeTable, msg, spelling } from '../message.ts';

/** 3xx — types, parameters, ranges, units. */
export const typeCodes = codeTable('experiment', {
  typeMismatch: {
    code: 'CMR301',
    severity: 'error',
    fixes: { ...spelling, bareWord: 'sure' },
    message: msg`${'what'} needs ${'expected'}, not ${'actual'}`,
  },
  unknownArgument: {
    code: 'CMR302',
    severity: 'error',
    fixes: spelling,
    message: msg`\`${'callee'}\` has no parameter \`${'name'}\``,
  },
  missingArgument: { code: 'CMR303', severity: 'error', message: msg`\`${'callee'}\` needs \`${'name'}\`` },
  tooManyArguments: {
    code: 'CMR304',
    severity: 'error',
    message: msg`\`${'callee'}\` takes ${'count'}`,
  },
  inexactDivision: {
    code: 'CMR305',
    severity: 'error',
    message: msg`${'left'} / ${'right'} is not a whole number`,
  },
  missingUnit: {
    code: 'CMR306',
    severity: 'error',
    fixes: { unit: 'maybe' },
    message: msg`${'what'} needs \`${'unit'}\``,
  },
  repeatedArgument: {
    code: 'CMR307',
    severity: 'error',
    message: msg`\`${'callee'}\` is given \`${'name'}\` twice`,
  },
  outOfBounds: {
    code: 'CMR308',
    severity: 'error',
    message: msg`\`${'name'}\` must be ${'bounds'}, not ${'value'}`,
  },
  listLength: {
    code: 'CMR309',
    severity: 'error',
    message: msg`${'what'} needs a list of ${'expected'}, not of ${'actual'}`,
  },
  indexOutOfRange: {
    code: 'CMR310',
    severity: 'error',
    message: msg`there is no item ${'index'} in a list of ${'length'}`,
  },
  operandTypes: {
    code: 'CMR311',
    severity: 'error',
    message: msg`\`${'operator'}\` cannot join ${'left'} and ${'right'}`,
  },
  badRange: { code: 'CMR312', severity: 'error', message: msg`${'problem'}` },
  notApplied: {
    code: 'CMR313',
    severity: 'error',
    message: msg`\`${'callee'}\` makes a layer that nothing is fed to`,
  },
  notALayer: { code: 'CMR314', severity: 'error', message: msg`${'what'} cannot be applied with \`|>\`` },
  missingParentheses: {
    code: 'CMR315',
    severity: 'error',
    fixes: { parentheses: 'maybe' },
    message: msg`\`${'name'}\` without parentheses makes no layer`,
  },
  needlessParentheses: {
    code: 'CMR316',
    severity: 'error',
    fixes: { bareName: 'maybe' },
    message: msg`\`${'name'}\` is a layer that exists already`,
  },
  unknownType: {
    code: 'CMR317',
    severity: 'error',
    fixes: spelling,
    message: msg`no type named \`${'name'}\``,
  },
  divisionByZero: { code: 'CMR318', severity: 'error', message: msg`division by zero` },
  emptyList: { code: 'CMR319', severity: 'error', message: msg`\`${'function'}\` needs a list with items` },
  notConstant: {
    code: 'CMR320',
    severity: 'error',
    message: msg`${'what'} cannot stand where a constant is needed`,
  },
  positionalAfterNamed: {
    code: 'CMR321',
    severity: 'error',
    message: msg`an argument without a name cannot follow one with a name`,
  },
  unknownMember: {
    code: 'CMR322',
    severity: 'error',
    fixes: spelling,
    message: msg`\`${'of'}\` has no \`${'name'}\``,
  },
  unboundAxis: {
    code: 'CMR323',
    severity: 'error',
    message: msg`the size of the axis \`${'name'}\` is not known here`,
  },
  numberOverflow: {
    code: 'CMR324',
    severity: 'error',
    message: msg`the result of \`${'operator'}\` is too large or too small`,
  },
  inputCount: {
    code: 'CMR325',
    severity: 'error',
    message: msg`\`${'callee'}\` takes ${'expected'}, not ${'actual'}`,
  },
  threeDimensional: {
    code: 'CMR327',
    severity: 'error',
    message: msg`${'what'} is three-dimensional, and networks here are of two dimensions`,
  },
  inputSizes: {
    code: 'CMR326',
    severity: 'error',
    message: msg`the inputs of the network \`${'network'}\` have different sizes`,
  },
});
