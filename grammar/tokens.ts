import { createToken, createTokenInstance, type IToken, Lexer, type TokenType } from 'chevrotain';

/** A token as the lexer makes it; offsets are UTF-16 code units, `endOffset` is that of the last character. */
export type Token = IToken;

/** What a token is an instance of. */
export type Terminal = TokenType;

/** A name. Soft keywords are names too, through the token category of the same name. */
export const Identifier = createToken({ name: 'Identifier', pattern: /[A-Za-z_]\w*/, label: 'a name' });

const keywords: Terminal[] = [];

/** A reserved word, or with `soft` one that only means something in its place and is a name elsewhere. */
function keyword(word: string, soft = false): Terminal {
  const token = createToken({
    name: word.charAt(0).toUpperCase() + word.slice(1),
    pattern: word,
    longer_alt: Identifier,
    label: `\`${word}\``,
    ...(soft ? { categories: [Identifier] } : {}),
  });
  keywords.push(token);
  return token;
}

const punctuations: Terminal[] = [];

/** A sign. Longer ones are declared before the shorter ones that they start with. */
function punctuation(name: string, sign: string): Terminal {
  const token = createToken({ name, pattern: sign, label: `\`${sign}\`` });
  punctuations.push(token);
  return token;
}

export const Block = keyword('block');
export const Network = keyword('network');
export const Dataset = keyword('dataset');
export const Experiment = keyword('experiment');
export const Variant = keyword('variant');
export const Sweep = keyword('sweep');
export const Compare = keyword('compare');
export const Import = keyword('import');
export const Input = keyword('input');
export const Output = keyword('output');
export const Let = keyword('let');
export const Layer = keyword('layer');
export const Stage = keyword('stage');
export const Head = keyword('head');
export const Serial = keyword('serial');
export const Parallel = keyword('parallel');
export const In = keyword('in');
export const True = keyword('true');
export const False = keyword('false');

/** The words that open a declaration. */
export const declarationWords: readonly Terminal[] = [
  Block,
  Network,
  Dataset,
  Experiment,
  Variant,
  Sweep,
  Compare,
];

export const Cmrnet = keyword('cmrnet', true);
export const From = keyword('from', true);
export const Of = keyword('of', true);
export const Step = keyword('step', true);
export const Vary = keyword('vary', true);
export const Report = keyword('report', true);
export const Plot = keyword('plot', true);
export const By = keyword('by', true);
/** Opens a declaration, and is the name of a setting. */
export const Loss = keyword('loss', true);

export const Ellipsis = punctuation('Ellipsis', '...');
export const To = punctuation('To', '..');
export const Dot = punctuation('Dot', '.');
export const Apply = punctuation('Apply', '|>');
export const Or = punctuation('Or', '|');
export const At = punctuation('At', '@');
export const OpenBrace = punctuation('OpenBrace', '{');
export const CloseBrace = punctuation('CloseBrace', '}');
export const OpenParenthesis = punctuation('OpenParenthesis', '(');
export const CloseParenthesis = punctuation('CloseParenthesis', ')');
export const OpenBracket = punctuation('OpenBracket', '[');
export const CloseBracket = punctuation('CloseBracket', ']');
export const Comma = punctuation('Comma', ',');
export const Colon = punctuation('Colon', ':');
export const Same = punctuation('Same', '==');
export const Different = punctuation('Different', '!=');
export const AtMost = punctuation('AtMost', '<=');
export const AtLeast = punctuation('AtLeast', '>=');
export const Below = punctuation('Below', '<');
export const Above = punctuation('Above', '>');
export const Equals = punctuation('Equals', '=');
export const Plus = punctuation('Plus', '+');
export const Minus = punctuation('Minus', '-');
export const Power = punctuation('Power', '**');
export const Star = punctuation('Star', '*');
export const Slash = punctuation('Slash', '/');

/** The units that a number may end with. `GB` and `MB` may stand one space apart. */
export const units = ['%', 'deg', 'px', 'mm', 'ms', 'GB', 'MB'] as const;

// Any run of letters is taken as the unit, so that a misspelt one is one token and gets one message.
/** A number with its unit. */
export const NumberLiteral = createToken({
  name: 'Number',
  pattern: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:%|[A-Za-z_]\w*| [GM]B(?!\w))?/,
  label: 'a number',
});

/** A string in double quotes on one line, with `\"`, `\\`, `\n` and `\t`. */
export const StringLiteral = createToken({
  name: 'String',
  pattern: /"(?:[^"\\\n\r]|\\.)*"/,
  label: 'a string',
});

/** A string in single quotes: a mistake that parses, so that it gets one message. */
export const SingleQuoted = createToken({
  name: 'SingleQuoted',
  pattern: /'[^'\n\r]*'/,
  categories: [StringLiteral],
});

/** A string in the quotes of word processors: a mistake that parses. */
export const TypographicallyQuoted = createToken({
  name: 'TypographicallyQuoted',
  pattern: /[“”„«»][^“”„«»"\n\r]*[“”«»]|[‘’‚][^‘’‚'"\n\r]*[‘’]/,
  categories: [StringLiteral],
  line_breaks: false,
});

/** A string without its closing quote: a mistake that parses. It ends with the line, before closing brackets. */
export const Unterminated = createToken({
  name: 'Unterminated',
  pattern: /"(?:[^"\\\n\r]|\\.)*?(?=[\s)\],}]*(?:[\n\r]|(?![\s\S])))/,
  categories: [StringLiteral],
});

/** The lexer group of comments; the parser never sees them. */
const commentGroup = 'comments';

/** The lexer group of signs that belong to other languages and mean nothing here. */
const strayGroup = 'strays';

export const Comment = createToken({ name: 'Comment', pattern: /\/\/[^\n\r]*/, group: commentGroup });

/** Comments as other languages write them. */
export const ForeignComment = createToken({
  name: 'ForeignComment',
  pattern: /#[^\n\r]*|\/\*[\s\S]*?\*\//,
  group: strayGroup,
  line_breaks: true,
  start_chars_hint: ['#', '/'],
});

/** `;`, which ends nothing here. */
const Semicolon = createToken({ name: 'Semicolon', pattern: ';', group: strayGroup });

const Blank = createToken({ name: 'Blank', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

/** The reserved and soft keywords, in the order of the grammar. */
export const words: readonly Terminal[] = keywords;

/** Whether a keyword may be used as a name. */
export function isSoft(word: Terminal): boolean {
  return word.CATEGORIES?.includes(Identifier) ?? false;
}

/** The signs; each comes before those that are a part of it. */
export const signs: readonly Terminal[] = punctuations;

/** Every token type, in the order in which the lexer tries them. */
export const vocabulary: readonly Terminal[] = [
  Blank,
  Comment,
  ForeignComment,
  Semicolon,
  ...keywords,
  Identifier,
  NumberLiteral,
  StringLiteral,
  SingleQuoted,
  TypographicallyQuoted,
  Unterminated,
  ...punctuations,
];

/** The text as tokens, and beside them what the parser does not see. */
export interface Tokens {
  readonly tokens: Token[];
  readonly comments: readonly Token[];
  readonly strays: readonly Token[];
  /** Runs of characters that start no token. */
  readonly unknown: readonly { readonly offset: number; readonly length: number }[];
}

/** Cuts a text into tokens. Never fails. */
export function tokenize(text: string): Tokens {
  const result = lexer().tokenize(text);
  return {
    tokens: result.tokens,
    comments: result.groups[commentGroup] ?? [],
    strays: result.groups[strayGroup] ?? [],
    unknown: result.errors,
  };
}

/** A token that the text does not have, put before an offset to repair it. */
export function inventToken(type: Terminal, offset: number): Token {
  return createTokenInstance(type, '', offset, offset - 1, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
}

/** The same piece of text, taken as a token of another type. */
export function retypeToken(token: Token, type: Terminal): Token {
  return { ...token, tokenType: type, tokenTypeIdx: type.tokenTypeIdx! };
}

let shared: Lexer | undefined;

/** The one lexer: made when first needed, because making it takes longer than using it. */
function lexer(): Lexer {
  shared ??= makeLexer({ skipValidations: true });
  return shared;
}

/** A new lexer; tests make one with chevrotain's validations on. */
export function makeLexer(options: { readonly skipValidations: boolean }): Lexer {
  return new Lexer([...vocabulary], { positionTracking: 'full', ensureOptimizations: true, ...options });
}
