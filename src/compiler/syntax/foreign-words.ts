import { CloseBrace, Identifier, OpenBrace, type Token } from '../../../grammar/tokens.ts';

const loop = 'repeat a layer with `serial r in rates { … }` or `parallel r in rates { … }`';

/** Words that other languages build programs of, with what this one has in their place. */
const advice: ReadonlyMap<string, string> = new Map([
  ['if', '`choose(condition, a, b)` chooses between structures, and so does a parameter of type `block`'],
  ['else', '`choose(condition, a, b)` chooses between structures, and so does a parameter of type `block`'],
  ['for', loop],
  ['while', loop],
  ['return', 'a block ends with `output`, a network with heads'],
  ['def', 'a reusable piece of a network is a `block`'],
  ['function', 'a reusable piece of a network is a `block`'],
  ['class', 'a reusable piece of a network is a `block`'],
  ['const', 'a value is named with `let`'],
  ['var', 'a value is named with `let`'],
]);

/** A word of another language, with the tokens that belong to it. */
export interface ForeignWord {
  readonly token: Token;
  readonly index: number;
  readonly advice: string;
}

/** The word of another language at which, or right after which, the parser could not go on. */
export function foreignWordAt(tokens: readonly Token[], index: number): ForeignWord | undefined {
  for (const at of [index, index - 1]) {
    const token = tokens[at];
    const words = token?.tokenType === Identifier ? advice.get(token.image) : undefined;
    if (words !== undefined) return { token: token!, index: at, advice: words };
  }
  return undefined;
}

/** The index behind what a word of another language opens: its line, its braces, and those of the `else` behind them. */
export function endOfForeign(
  tokens: readonly Token[],
  from: number,
  startsLine: (token: Token) => boolean,
): number {
  let depth = 0;
  let to = from + 1;
  for (; to < tokens.length; to++) {
    const token = tokens[to]!;
    const isElse = token.tokenType === Identifier && token.image === 'else';
    if (depth === 0 && startsLine(token) && !isElse && token.tokenType !== OpenBrace) break;
    if (token.tokenType === OpenBrace) depth++;
    if (token.tokenType === CloseBrace && --depth < 0) break;
  }
  return to;
}
