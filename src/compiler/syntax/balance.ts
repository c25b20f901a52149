import {
  CloseBrace,
  declarationWords,
  inventToken,
  OpenBrace,
  Stage,
  type Terminal,
  type Token,
} from '../../../grammar/tokens.ts';
import type { Bag } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../source/source-file.ts';
import { spanOfToken } from './concrete.ts';

/** A `{` that is open, of a line that is indented so far. */
interface Open {
  readonly token: Token;
  readonly indent: number;
  /** Whether it ends its line and the next one is indented further, so that its `}` can be told by indentation. */
  readonly isBlock: boolean;
}

/**
 * The tokens with as many `}` as `{`, where the indentation of the lines shows which one lacks or is too many; those are
 * reported. The parser alone would find the mistake lines later, where the next block ends.
 */
export function balanced(tokens: readonly Token[], source: SourceFile, bag: Bag): readonly Token[] {
  const count = (type: Token['tokenType']) => tokens.filter(({ tokenType }) => tokenType === type).length;
  let missing = count(OpenBrace) - count(CloseBrace);
  if (missing === 0) return tokens;
  const out: Token[] = [];
  const open: Open[] = [];
  for (const [index, token] of tokens.entries()) {
    const indent = startsLine(token, source) ? indentOf(token, source) : undefined;
    const closes = token.tokenType === CloseBrace;
    const head = indent !== undefined && missing < 0 ? headerBefore(out, indent, source) : undefined;
    if (head !== undefined) {
      const brace = begin(head, out.at(-1)!, source, bag);
      open.push({ token: brace, indent: indentOf(head, source), isBlock: true });
      out.push(brace);
      missing++;
    }
    while (indent !== undefined && missing > 0 && endsBefore(open.at(-1), indent, closes)) {
      out.push(close(open.pop()!, out.at(-1)!, token, source, bag));
      missing--;
    }
    const last = open.at(-1);
    if (closes && missing < 0 && indent !== undefined && last?.isBlock && indent > last.indent) {
      reportStray(token, source, bag);
      missing++;
      continue;
    }
    if (closes) open.pop();
    else if (token.tokenType === OpenBrace) open.push(opened(token, tokens[index + 1], source));
    out.push(token);
  }
  while (missing > 0 && open.at(-1)?.isBlock) {
    out.push(close(open.pop()!, out.at(-1)!, undefined, source, bag));
    missing--;
  }
  return out;
}

/**
 * The first token of the line before, where it names something that has a body, opens none, and what follows is indented
 * further.
 */
function headerBefore(before: readonly Token[], indent: number, source: SourceFile): Token | undefined {
  const last = before.at(-1);
  if (last === undefined || last.tokenType === OpenBrace) return undefined;
  const start = before.findLastIndex((token) => startsLine(token, source));
  const head = before[start];
  if (head === undefined || !headers.includes(head.tokenType)) return undefined;
  return indentOf(head, source) < indent ? head : undefined;
}

const headers: readonly Terminal[] = [...declarationWords, Stage];

/** Whether a block has ended before a line that is indented so far. */
function endsBefore(last: Open | undefined, indent: number, closes: boolean): last is Open {
  return last?.isBlock === true && (closes ? indent < last.indent : indent <= last.indent);
}

function opened(token: Token, next: Token | undefined, source: SourceFile): Open {
  const indent = indentOf(token, source);
  const isBlock = next !== undefined && startsLine(next, source) && indentOf(next, source) > indent;
  return { token, indent, isBlock };
}

function begin(head: Token, last: Token, source: SourceFile, bag: Bag): Token {
  const offset = last.endOffset! + 1;
  const end = { file: source.path, start: offset, end: offset };
  bag.report('missingBrace', {
    at: { ...spanOfToken(head, source.path), end: offset },
    arguments: { name: source.text.slice(head.startOffset, offset).split('(', 1)[0]!.trim() },
    help: [{ message: 'add `{` at the end of its line', fix: 'sign', edits: [{ span: end, text: ' {' }] }],
  });
  return inventToken(OpenBrace, offset);
}

/** @param next the first token behind the block; undefined at the end of the text */
function close(
  { token, indent }: Open,
  before: Token,
  next: Token | undefined,
  source: SourceFile,
  bag: Bag,
): Token {
  const offset = before.endOffset! + 1;
  bag.report('unclosedBlock', {
    at: spanOfToken(token, source.path),
    arguments: {},
    label: 'opened here',
    secondary: next
      ? [{ span: spanOfToken(next, source.path), text: 'stands outside, by its indentation' }]
      : [],
    help: [
      {
        message: next ? 'add `}` in a line before it' : 'add `}` at the end',
        fix: 'sign',
        edits: [
          {
            span: { file: source.path, start: offset, end: offset },
            text: `\n${' '.repeat(indent)}}`,
          },
        ],
      },
    ],
  });
  return inventToken(CloseBrace, offset);
}

function reportStray(token: Token, source: SourceFile, bag: Bag): void {
  const at = spanOfToken(token, source.path);
  bag.report('strayBrace', {
    at,
    arguments: {},
    notes: ['by its indentation, it closes nothing'],
    help: [{ message: 'remove `}`', fix: 'sign', edits: [{ span: at, text: '' }] }],
  });
}

/** Whether a token is the first of its line. */
export function startsLine(token: Token, source: SourceFile): boolean {
  return source.text.slice(lineStart(token, source), token.startOffset).trim() === '';
}

/** How many characters stand before the first one of a token's line. */
function indentOf(token: Token, source: SourceFile): number {
  const start = lineStart(token, source);
  return /^[ \t]*/.exec(source.text.slice(start, token.startOffset))![0].length;
}

function lineStart(token: Token, source: SourceFile): number {
  return source.lineStart(source.position(token.startOffset).line);
}
