import type { Token } from '../../../grammar/tokens.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Comment } from './ast.ts';

/** The comments of a file, in order, with the slashes and without blanks at their ends. */
export function readComments(source: SourceFile, tokens: readonly Token[]): readonly Comment[] {
  return tokens.map((token) => {
    const text = token.image.trimEnd();
    const start = token.startOffset;
    return {
      text,
      documentation: /^\/\/\/(?!\/)/.test(text),
      span: { file: source.path, start, end: start + text.length },
    };
  });
}

/** Where a comment stands among the tokens. */
export interface Place {
  /** The index of the first token after the comment; the number of tokens when there is none. */
  readonly next: number;
  /** Whether the comment has its line to itself. One behind a token belongs to what is before it. */
  readonly alone: boolean;
}

/** The places of comments, which must be in order. */
export function placeComments(
  source: SourceFile,
  tokens: readonly Token[],
  comments: readonly Comment[],
): readonly Place[] {
  let next = 0;
  return comments.map((comment) => {
    while (next < tokens.length && tokens[next]!.startOffset < comment.span.start) next++;
    const before = tokens[next - 1];
    const line = source.lineStart(source.position(comment.span.start).line);
    return { next, alone: before === undefined || before.endOffset! < line };
  });
}

/** Documentation by the offset of the token that it precedes: its lines without slashes, joined. */
export function readDocumentation(
  source: SourceFile,
  tokens: readonly Token[],
  comments: readonly Comment[],
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const places = placeComments(source, tokens, comments);
  for (const [index, comment] of comments.entries()) {
    const { next, alone } = places[index]!;
    const token = tokens[next];
    if (!comment.documentation || !alone || token === undefined) continue;
    const line = comment.text.slice(3).replace(/^ /, '');
    const above = found.get(token.startOffset);
    found.set(token.startOffset, above === undefined ? line : `${above}\n${line}`);
  }
  return found;
}
