import {
  CloseBrace,
  CloseBracket,
  CloseParenthesis,
  Comma,
  type Token,
  tokenize,
} from '../../../../grammar/tokens.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type * as ast from '../ast.ts';
import { type Place, placeComments } from '../comments.ts';
import { children } from '../walk.ts';
import { isSum, stages, summands } from './chains.ts';

// A comment in the canonical form either has lines of its own before an anchor or before a closing bracket, or stands
// behind an anchor at the end of its line. Which one it is depends on the tokens around it alone, and the printed
// comment has the same tokens around it: that is why formatting twice changes nothing.

/** The comments of a file by what they belong to. */
export interface Attached {
  /** On lines of their own before a node. */
  leading(node: ast.Node): readonly Leading[];
  /** Behind a node, on its last line. */
  trailing(node: ast.Node): string | undefined;
  /** Right behind the opening brace of a node, on its line. */
  opening(node: ast.Node): string | undefined;
  /** On lines of their own before the closing bracket of a node, or at the end of the file. */
  closing(node: ast.Node): readonly Leading[];
  /** Whether a comma follows a node in the text. */
  commaFollows(node: ast.Node): boolean;
  /** Whether a node, with the comments before it, has a blank line above. */
  blankAbove(node: ast.Node): boolean;
}

/** A comment on lines of its own. */
export interface Leading {
  readonly text: string;
  readonly start: number;
  readonly blankAbove: boolean;
  readonly blankBelow: boolean;
}

/** A node that comments may be attached to. */
interface Anchor {
  readonly node: ast.Node;
  readonly start: number;
  readonly end: number;
  /** Whether comments may stand before it, on lines of their own. */
  readonly leads: boolean;
  /** Whether its line ends after it. */
  readonly trails: boolean;
}

/** Finds for each comment the node that it belongs to. */
export function attachComments(file: ast.File, source: SourceFile): Attached {
  const { tokens } = tokenize(source.text);
  const skeleton = new Skeleton(file, tokens);
  const leading = new Map<ast.Node, Leading[]>();
  const trailing = new Map<ast.Node, { readonly text: string; readonly comment: ast.Comment }>();
  const opening = new Map<ast.Node, string>();
  const closing = new Map<ast.Node, Leading[]>();
  const put = (map: Map<ast.Node, Leading[]>, node: ast.Node, comment: ast.Comment, text: string) => {
    map.set(node, [...(map.get(node) ?? []), own(comment, text, source)]);
  };
  const hoist = (comment: ast.Comment, place: Place) => {
    const documents =
      comment.documentation && place.alone && skeleton.headers.has(tokens[place.next]?.startOffset ?? -1);
    const anchor = skeleton.around(comment.span.start);
    put(leading, anchor?.node ?? file, comment, documents ? comment.text : plain(comment));
  };
  const places = placeComments(source, tokens, file.comments);
  const placeOf = new Map(file.comments.map((comment, index) => [comment, places[index]!]));
  for (const [comment, place] of placeOf) {
    const opened = place.alone ? undefined : skeleton.openedBy.get(tokens[place.next - 1]!.startOffset);
    if (opened !== undefined) {
      opening.set(opened, comment.text);
      continue;
    }
    const behind = place.alone ? undefined : skeleton.before(place.next);
    if (behind !== undefined) {
      // Two comments cannot share a line: the earlier one makes room.
      const earlier = trailing.get(behind.node)?.comment;
      if (earlier !== undefined) hoist(earlier, placeOf.get(earlier)!);
      trailing.set(behind.node, { text: comment.text, comment });
      continue;
    }
    const text = place.alone ? comment.text : plain(comment);
    const next = tokens[place.next];
    const anchor = next && skeleton.startingAt(next.startOffset);
    const bracket = next === undefined ? file : skeleton.closedBy.get(next.startOffset);
    if (anchor !== undefined) put(leading, anchor.node, comment, text);
    else if (bracket !== undefined) put(closing, bracket, comment, text);
    else hoist(comment, place);
  }
  for (const comments of leading.values()) comments.sort((a, b) => a.start - b.start);
  return {
    leading: (node) => leading.get(node) ?? [],
    trailing: (node) => trailing.get(node)?.text,
    opening: (node) => opening.get(node),
    closing: (node) => closing.get(node) ?? [],
    commaFollows: (node) => skeleton.tokenAfter(node)?.tokenType === Comma,
    blankAbove: (node) => {
      const { start } = node.span;
      const first = leading.get(node)?.find((comment) => comment.start < start);
      return first?.blankAbove ?? hasBlankAbove(source, start);
    },
  };
}

/** A comment that documents nothing where it will stand. */
function plain(comment: ast.Comment): string {
  return comment.documentation ? comment.text.slice(1) : comment.text;
}

function own(comment: ast.Comment, text: string, source: SourceFile): Leading {
  const { start, end } = comment.span;
  const below = /^[^\S\n]*\n[^\S\n]*\n/.test(source.text.slice(end));
  return { text, start, blankAbove: hasBlankAbove(source, start), blankBelow: below };
}

function hasBlankAbove(source: SourceFile, offset: number): boolean {
  const { line } = source.position(offset);
  const indented = source.text.slice(source.lineStart(line), offset).trim() === '';
  return indented && line > 0 && source.line(line - 1).trim() === '';
}

/** The nodes of a file that comments can be attached to, by the tokens that they start and end with. */
class Skeleton {
  /** The nodes whose closing bracket is the token at an offset. */
  readonly closedBy = new Map<number, ast.Node>();
  /** The nodes whose opening brace is the token at an offset. */
  readonly openedBy = new Map<number, ast.Node>();
  /** Where the annotations and the keywords of documented nodes start. */
  readonly headers = new Set<number>();
  readonly #anchors: Anchor[] = [];
  readonly #starting = new Map<number, Anchor>();
  readonly #ending = new Map<number, Anchor>();
  /** The closing brackets that stay on the line of what they close. */
  readonly #hugging = new Set<number>();
  readonly #tokens: readonly Token[];
  readonly #indexOfStart: ReadonlyMap<number, number>;

  constructor(file: ast.File, tokens: readonly Token[]) {
    this.#tokens = tokens;
    this.#indexOfStart = new Map(tokens.map((token, index) => [token.startOffset, index]));
    const { edition } = file;
    if (edition !== undefined) {
      this.#anchor(edition, { start: tokens[0]?.startOffset ?? 0 });
    }
    for (const item of file.imports) {
      this.#anchor(item);
      for (const name of item.names) this.#anchor(name);
      this.#closes(item, item.names.at(-1));
    }
    for (const item of file.declarations) this.#visit(item);
  }

  /** The outermost anchor before a token, if its line may end there. */
  before(next: number): Anchor | undefined {
    let at = next - 1;
    if (this.#tokens[at]?.tokenType === Comma) at--;
    else while (this.#hugging.has(this.#tokens[at + 1]?.startOffset ?? -1)) at++;
    const token = this.#tokens[at];
    return token && this.#ending.get(token.endOffset! + 1);
  }

  /** The outermost anchor that starts at an offset. */
  startingAt(offset: number): Anchor | undefined {
    return this.#starting.get(offset);
  }

  /** The innermost anchor around an offset, or one around it that starts with it. */
  around(offset: number): Anchor | undefined {
    const inner = this.#anchors
      .filter(({ leads, start, end }) => leads && start < offset && offset < end)
      .reduce<Anchor | undefined>(
        (best, anchor) =>
          best === undefined || anchor.end - anchor.start < best.end - best.start ? anchor : best,
        undefined,
      );
    return inner && (this.#starting.get(inner.start) ?? inner);
  }

  tokenAfter(node: ast.Node): Token | undefined {
    let low = 0;
    let high = this.#tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tokens[middle]!.startOffset < node.span.end) low = middle + 1;
      else high = middle;
    }
    return this.#tokens[low];
  }

  /** Registers an anchor; outer ones come first and win over inner ones. */
  #anchor(node: ast.Node, { start = node.span.start, leads = true, trails = true } = {}): void {
    const anchor = { node, start, end: node.span.end, leads, trails };
    this.#anchors.push(anchor);
    if (leads && !this.#starting.has(start)) this.#starting.set(start, anchor);
    if (trails && !this.#ending.has(anchor.end)) this.#ending.set(anchor.end, anchor);
  }

  /** Registers a bracket around items: the one that follows the last item, if there is one, or else ends the node. */
  #closes(node: ast.Node, last?: ast.Node): void {
    if (last === undefined) {
      this.closedBy.set(node.span.end - 1, node);
      return;
    }
    let token = this.tokenAfter(last);
    if (token?.tokenType === Comma)
      token = this.#tokens[(this.#indexOfStart.get(token.startOffset) ?? 0) + 1];
    if (token !== undefined && closing.has(token.tokenType)) this.closedBy.set(token.startOffset, node);
  }

  #visit(node: ast.Node): void {
    switch (node.kind) {
      case 'block':
      case 'network':
      case 'loss':
      case 'dataset':
      case 'experiment':
        this.#documented(node);
        if (node.parameters.length > 0) this.#closes(node, node.parameters.at(-1));
        break;
      case 'variant':
      case 'sweep':
      case 'compare':
      case 'parameter':
      case 'input':
      case 'let':
      case 'layer':
      case 'stage':
      case 'head':
      case 'setting':
      case 'axis':
      case 'report':
        this.#documented(node);
        break;
      case 'output':
        this.#documented(node);
        if (node.shape !== undefined) this.#anchor(node.value, { leads: false });
        break;
      case 'annotation':
      case 'call':
        for (const item of node.arguments) this.#anchor(item);
        this.#closes(node);
        break;
      case 'list':
        for (const item of node.items) this.#anchor(item);
        this.#closes(node);
        break;
      case 'tuple':
        if (node.items.length === 1) this.#hugging.add(node.span.end - 1);
        else {
          for (const item of node.items) this.#anchor(item);
          this.#closes(node);
        }
        break;
      case 'graph':
      case 'settings':
      case 'derived':
        this.openedBy.set(node.span.start, node);
        this.#closes(node);
        break;
      case 'repeat':
        for (const [index, item] of node.body.entries()) this.#link(item, index === 0);
        this.#closes(node);
        break;
      case 'pipe':
        this.#chain(stages(node));
        return;
      case 'binary':
        if (!isSum(node)) break;
        this.#chain(summands(node));
        return;
      // Shapes and indices stay on their line: a comment in one goes to the statement.
      case 'shape':
        return;
      case 'index':
        this.#hugging.add(node.span.end - 1);
        this.#visit(node.of);
        return;
    }
    for (const child of children(node)) this.#visit(child);
  }

  #documented(node: ast.Node & { readonly annotations: readonly ast.Annotation[] }): void {
    this.#anchor(node);
    for (const { span } of node.annotations) this.headers.add(span.start);
    const last = node.annotations.at(-1);
    const core = last === undefined ? node.span.start : this.tokenAfter(last)?.startOffset;
    if (core !== undefined) this.headers.add(core);
  }

  /** The links of a chain: the first stands behind something, so nothing leads it; behind the last, more may stand. */
  #chain(links: readonly ast.Expression[]): void {
    for (const [index, link] of links.entries()) {
      if (index === 0) this.#anchor(link, { leads: false });
      else this.#link(link, false, index < links.length - 1);
      this.#visit(link);
    }
  }

  /** A link that an operator precedes, unless it is the first. */
  #link(node: ast.Expression, first: boolean, trails = true): void {
    const index = this.#indexOfStart.get(node.span.start) ?? 0;
    const start = first ? node.span.start : (this.#tokens[index - 1]?.startOffset ?? node.span.start);
    this.#anchor(node, { start, trails });
  }
}

const closing = new Set([CloseBrace, CloseBracket, CloseParenthesis]);
