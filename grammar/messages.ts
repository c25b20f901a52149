import { EOF, type IParserErrorMessageProvider } from 'chevrotain';
import {
  CloseBrace,
  CloseBracket,
  CloseParenthesis,
  Comma,
  Identifier,
  isSoft,
  type Terminal,
  type Token,
  words,
} from './tokens.ts';

/** What the parser ran into, as data: the name of a diagnostic, the holes of its message, and what helps to mend it. */
export type Problem = (
  | {
      readonly name: 'unexpectedToken';
      readonly arguments: { readonly expected: string; readonly found: string };
    }
  | { readonly name: 'unexpectedEnd'; readonly arguments: { readonly expected: string } }
  | { readonly name: 'reservedWord'; readonly arguments: { readonly word: string } }
) & {
  /** The names of the token types that would have fitted. */
  readonly fitting: readonly string[];
  /** Whether a declaration, a statement or a setting may begin here: then the token found is what is wrong. */
  readonly betweenLines: boolean;
};

/** Words chevrotain's failures. Its interface wants a string, so a {@link Problem} travels as JSON. */
export const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual, ruleName }) => problem(ruleName, [expected], actual),
  buildNotAllInputParsedMessage: ({ firstRedundant, ruleName }) => problem(ruleName, [EOF], firstRedundant),
  buildNoViableAltMessage: ({ expectedPathsPerAlt, actual, ruleName }) =>
    problem(ruleName, firstOf(expectedPathsPerAlt.flat()), actual[0]!),
  buildEarlyExitMessage: ({ expectedIterationPaths, actual, ruleName }) =>
    problem(ruleName, firstOf(expectedIterationPaths), actual[0]!),
};

/** Reads back what {@link messages} wrote. */
export function readProblem(message: string): Problem {
  return JSON.parse(message) as Problem;
}

function problem(rule: string, expected: readonly Terminal[], found: Token): string {
  const wanted = expectation(rule, expected);
  const fitting = wanted.fitting.map((type) => type.name);
  const betweenLines =
    expected.length === 1 && (expected[0] === EOF || expected[0] === CloseBrace) && rule !== 'importation';
  const written: Problem = { ...wording(wanted.text, expected, found), fitting, betweenLines };
  return JSON.stringify(written);
}

function wording(expected: string, types: readonly Terminal[], found: Token) {
  if (found.tokenType === EOF) return { name: 'unexpectedEnd', arguments: { expected } } as const;
  const reserved = words.includes(found.tokenType) && !isSoft(found.tokenType);
  if (reserved && types.length === 1 && types[0] === Identifier) {
    return { name: 'reservedWord', arguments: { word: found.image } } as const;
  }
  return { name: 'unexpectedToken', arguments: { expected, found: quote(found.image) } } as const;
}

interface Expectation {
  readonly text: string;
  readonly fitting: readonly Terminal[];
}

/** What a rule waits for, in words. Where a repetition ended, its closing sign is not all that would have fitted. */
function expectation(rule: string, expected: readonly Terminal[]): Expectation {
  const only = expected.length === 1 ? expected[0] : undefined;
  const text = only === undefined ? alternatives[rule] : closings[rule]?.get(only);
  const fitting = only !== undefined && text?.startsWith('`,`') ? [Comma, only] : expected;
  return { text: text ?? either(expected.map((type) => type.LABEL ?? 'the end')), fitting };
}

const closings: Readonly<Record<string, ReadonlyMap<Terminal, string>>> = {
  file: new Map([[EOF, 'a declaration']]),
  setting: new Map([[EOF, 'the end']]),
  graph: new Map([[CloseBrace, 'a statement or `}`']]),
  settings: new Map([[CloseBrace, 'a setting or `}`']]),
  derived: new Map([[CloseBrace, 'a setting, `vary`, `report`, `plot` or `}`']]),
  importation: new Map([[CloseBrace, '`,` or `}`']]),
  parameters: new Map([[CloseParenthesis, '`,` or `)`']]),
  arguments: new Map([[CloseParenthesis, '`,` or `)`']]),
  tuple: new Map([[CloseParenthesis, '`,` or `)`']]),
  axis: new Map([[CloseParenthesis, '`,` or `)`']]),
  list: new Map([[CloseBracket, '`,` or `]`']]),
  shape: new Map([[CloseBracket, '`,` or `]`']]),
};

const alternatives: Readonly<Record<string, string>> = {
  declaration: 'a declaration',
  statement: 'a statement',
  derivedItem: 'a setting, `vary`, `report` or `plot`',
  axis: 'a path or `(`',
  type: 'a type',
  applied: 'a layer, a block or a repeat',
  primary: 'an expression',
  argument: 'an argument',
};

function firstOf(paths: readonly (readonly Terminal[])[]): readonly Terminal[] {
  return [...new Set(paths.flatMap((path) => path.slice(0, 1)))];
}

/** `a`, `b` or `c` */
function either(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}

/** A piece of source in a message: in backticks, at most a line and not too long. */
function quote(image: string): string {
  const line = image.split('\n', 1)[0]!;
  return `\`${line.length > 40 ? `${line.slice(0, 39)}…` : line}\``;
}
