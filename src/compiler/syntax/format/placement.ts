import type * as ast from '../ast.ts';
import type { Attached, Leading } from './comments.ts';
import {
  breakParent,
  type Doc,
  group,
  hardline,
  ifBroken,
  indent,
  join,
  line,
  softline,
  suffix,
} from './doc.ts';

/** A node's document with the comments before and behind it, which make the groups around it break. */
export function framed(node: ast.Node, doc: Doc, comments: Attached): Doc {
  const before = comments
    .leading(node)
    .map(({ text, blankBelow }): Doc => [text, hardline, blankBelow ? hardline : '']);
  const behind = comments.trailing(node);
  return [...before, doc, behind === undefined ? '' : [suffix(` ${behind}`), breakParent]];
}

/** Comments below each other, with the blank lines that they had between them. */
export function remarks(list: readonly Leading[]): Doc {
  return list.map(({ text, blankAbove }, index) => [
    index === 0 ? '' : hardline,
    index > 0 && blankAbove ? hardline : '',
    text,
  ]);
}

/** Items on lines of their own between braces, with at most one blank line between two of them. */
export function block(node: ast.Node, items: readonly (readonly [ast.Node, Doc])[], comments: Attached): Doc {
  const last = comments.closing(node);
  const first = comments.opening(node);
  if (items.length === 0 && last.length === 0 && first === undefined) return '{}';
  const lines: Doc[] = items.map(([item, doc], index) => [
    index > 0 && comments.blankAbove(item) ? hardline : '',
    framed(item, doc, comments),
  ]);
  if (last.length > 0) lines.push([lines.length > 0 && last[0]!.blankAbove ? hardline : '', remarks(last)]);
  const opened = first === undefined ? '{' : ['{', suffix(` ${first}`)];
  return [opened, indent(lines.map((item) => [hardline, item])), hardline, '}'];
}

/** How {@link bracketed} differs from case to case. */
interface Brackets {
  readonly open: string;
  readonly close: string;
  /** What is next to the brackets when they stay on one line. */
  readonly padding?: Doc;
  /** Keeps blank lines between items. */
  readonly spaced?: boolean;
  /** Breaks in any case; by default where the text has a comma after the last item. */
  readonly broken?: boolean;
}

/**
 * Items between brackets: on one line if they fit, or each on its own. They stay broken when the text has a comma after
 * the last of them.
 */
export function bracketed(
  node: ast.Node,
  items: readonly (readonly [ast.Node, Doc])[],
  { open, close, padding = softline, spaced = false, broken }: Brackets,
  comments: Attached,
): Doc {
  const last = comments.closing(node);
  const final = items.at(-1)?.[0];
  if (final === undefined && last.length === 0) return `${open}${close}`;
  const lines: Doc[] = items.map(([item, doc], index) => {
    const blank = spaced && index > 0 && comments.blankAbove(item);
    return [blank ? hardline : '', framed(item, doc, comments)];
  });
  const closing: Doc = last.length === 0 ? '' : indent([hardline, remarks(last)]);
  return group(
    [
      open,
      final === undefined ? '' : indent([padding, join([',', line], lines)]),
      final === undefined ? '' : ifBroken(','),
      closing,
      padding,
      close,
    ],
    broken ?? (final !== undefined && comments.commaFollows(final)),
  );
}
