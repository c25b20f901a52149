import {
  CloseBrace,
  CloseBracket,
  CloseParenthesis,
  OpenBrace,
  OpenBracket,
  OpenParenthesis,
  type Terminal,
} from '../../../grammar/tokens.ts';

/** The opening brackets, each with its closing one. */
export const brackets: ReadonlyMap<Terminal, Terminal> = new Map([
  [OpenBrace, CloseBrace],
  [OpenParenthesis, CloseParenthesis],
  [OpenBracket, CloseBracket],
]);

/** The closing brackets. */
export const closers: ReadonlySet<Terminal> = new Set(brackets.values());
