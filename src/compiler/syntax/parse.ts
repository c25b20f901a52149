import type { FileCstNode, SettingCstNode } from '../../../grammar/cst.ts';
import { type Problem, readProblem } from '../../../grammar/messages.ts';
import { type Entry, type Parsed, parseTokens } from '../../../grammar/parser.ts';
import {
  declarationWords,
  Identifier,
  Import,
  inventToken,
  Loss,
  type Token,
} from '../../../grammar/tokens.ts';
import type { Bag, Label } from '../diagnostics/diagnostic.ts';
import { SourceFile } from '../source/source-file.ts';
import { contains, type Span } from '../source/span.ts';
import type * as ast from './ast.ts';
import { startsLine } from './balance.ts';
import { brackets, closers } from './brackets.ts';
import { readComments, readDocumentation } from './comments.ts';
import { spanOfToken } from './concrete.ts';
import { fileFrom, settingFrom } from './declarations.ts';
import { endOfForeign, type ForeignWord, foreignWordAt } from './foreign-words.ts';
import { edition, type Lexed, lex, withEdition } from './lexical.ts';
import { reportCharacters } from './malformed.ts';
import { findRepair, indexOf, parseAfter, type Repair, unclosed } from './repair.ts';

/** The pseudo file of overrides that were given on the command line. */
export const commandLine = '<command line>';

/** The tree of a text, whatever the text is. What is wrong with it goes to the bag, all in one run. */
export function parseFile(path: string, text: string, bag: Bag): ast.File {
  const source = new SourceFile(path, text);
  const lexed = lex(source, bag);
  const tree = recognise('file', { ...lexed, tokens: withEdition(lexed.tokens, source, bag) }, source, bag);
  const comments = readComments(source, lexed.comments);
  const documentation = readDocumentation(source, lexed.tokens, comments);
  const whole = { file: path, start: 0, end: text.length };
  const file = fileFrom(tree as FileCstNode | undefined, comments, whole, { path, documentation, bag });
  checkEdition(file, bag);
  checkImports(file, source, bag);
  return file;
}

/**
 * One override such as `train.epochs=2`, by the same grammar; undefined when it names no setting.
 * Its spans lie in a file of the given path, by default {@link commandLine}.
 */
export function parseOverride(text: string, bag: Bag, path = commandLine): ast.Setting | undefined {
  const source = new SourceFile(path, text);
  const tree = recognise('setting', lex(source, bag), source, bag);
  const whole = { file: path, start: 0, end: text.length };
  return settingFrom(tree as SettingCstNode | undefined, whole, { path, documentation: new Map(), bag });
}

/** With more mistakes than that a text is no spec, and a search for others tells nothing new. */
const maxMistakes = 300;

/** How many mistakes in one text are worth a search for their correction. */
const maxRepairs = 8;

/** How many tokens may be parsed anew to find what else is wrong: that is many mistakes in a short text, fewer in a long one. */
const maxParsedTokens = 400_000;

/** Parses tokens; corrects the failures that have an obvious correction, and reports them all. */
function recognise(entry: Entry, lexed: Lexed, source: SourceFile, bag: Bag): Parsed['tree'] {
  const foreignSpans: Span[] = [];
  const told = (tree: Parsed['tree']) => {
    for (const at of lexed.strange) {
      const isForeign = foreignSpans.some((span) => contains(span, at.start));
      if (!isForeign) reportCharacters(source.text.slice(at.start, at.end), at, bag);
    }
    return tree;
  };
  let current = lexed.tokens;
  let parsed = parseAfter(entry, current, -1);
  let repairs = 0;
  let reported = -1;
  let effort = 0;
  for (;;) {
    const failure = nextFailure(parsed, current, reported);
    if (failure === undefined) return told(parsed.tree);
    if (effort > maxParsedTokens || bag.size > maxMistakes) return told(parseTokens(entry, current).tree);
    effort += current.length;
    const { index, problem } = failure;
    const isReported = followsStrange(current, index, lexed, source);
    const foreign = isReported ? undefined : foreignWordAt(current, index);
    if (foreign !== undefined) {
      reportForeign(foreign, source, bag);
      const { tokens, span } = withoutForeign(current, foreign, source);
      foreignSpans.push(span);
      current = tokens;
      reported = foreign.index - 1;
      parsed = parseAfter(entry, current, reported);
      continue;
    }
    const mended = !isReported && repairs++ < maxRepairs;
    const repair = mended
      ? findRepair(entry, current, index, problem.fitting, reported, source.path)
      : undefined;
    if (!isReported) reportFailure(current, index, problem, repair, source, bag);
    const next = repair?.tokens ?? withoutStrange(current, index, source);
    reported = index;
    current = next;
    parsed = parseAfter(entry, current, reported);
  }
}

function nextFailure(parsed: Parsed, tokens: readonly Token[], after: number) {
  let first: { index: number; message: string } | undefined;
  for (const { token, message } of parsed.failures) {
    // Most are behind the first one, so its index need not be found.
    if (first !== undefined && token.startOffset > (tokens[first.index]?.startOffset ?? Infinity)) continue;
    const index = indexOf(tokens, token);
    if (index > after && (first === undefined || index < first.index)) first = { index, message };
  }
  return first && { index: first.index, problem: readProblem(first.message) };
}

/** Whether something stands before a token that is none, and was reported already. */
function followsStrange(
  tokens: readonly Token[],
  index: number,
  { strange }: Lexed,
  source: SourceFile,
): boolean {
  const from = index === 0 ? 0 : tokens[index - 1]!.endOffset! + 1;
  const to = tokens[index]?.startOffset ?? source.text.length;
  return strange.some(({ start }) => from <= start && start < to);
}

/**
 * The tokens without those that nothing can be made of: between declarations up to the next one, elsewhere up to the
 * end of the line or of the brackets around. What follows on from a mistake would only be reported a second time.
 */
function withoutStrange(tokens: readonly Token[], from: number, source: SourceFile): readonly Token[] {
  const outside = unclosed(tokens, from) === undefined;
  let depth = 0;
  let to = from;
  for (; to < tokens.length; to++) {
    const token = tokens[to]!;
    if (depth === 0 && (outside ? startsDeclaration(tokens, to) : startsLine(token, source))) break;
    if (brackets.has(token.tokenType)) depth++;
    else if (closers.has(token.tokenType) && --depth < 0) {
      if (!outside) break;
      depth = 0;
    }
  }
  return tokens.toSpliced(from, to - from);
}

function startsDeclaration(tokens: readonly Token[], index: number): boolean {
  const { tokenType } = tokens[index]!;
  // `loss` is also the name of a setting.
  if (tokenType === Loss) return tokens[index + 1]?.tokenType === Identifier;
  return tokenType === Import || declarationWords.includes(tokenType);
}

function reportFailure(
  tokens: readonly Token[],
  index: number,
  problem: Problem,
  repair: Repair | undefined,
  source: SourceFile,
  bag: Bag,
): void {
  if (repair?.kind === 'keyword') {
    const { misspelt, help } = repair;
    const at = spanOfToken(misspelt, source.path);
    bag.report('unknownKeyword', { at, arguments: { word: misspelt.image }, help: [help] });
    return;
  }
  if (repair?.kind === 'type') {
    const { untyped, help } = repair;
    const at = spanOfToken(untyped, source.path);
    bag.report('untypedParameter', { at, arguments: { name: untyped.image }, help: [help] });
    return;
  }
  if (repair?.kind === 'parentheses') {
    const sign = tokens[index]!;
    const at = spanOfToken(sign, source.path);
    bag.report('operatorAfterPipe', { at, arguments: { operator: sign.image }, help: [repair.help] });
    return;
  }
  const help = repair === undefined ? [] : [repair.help];
  const token = tokens[index];
  const before = tokens[index - 1];
  const end = before === undefined ? 0 : before.endOffset! + 1;
  const missing = token === undefined || (!problem.betweenLines && startsLine(token, source));
  const at = missing ? { file: source.path, start: end, end } : spanOfToken(token, source.path);
  const details = { at, secondary: openBracket(tokens, index, problem, source), help };
  if (problem.name === 'unexpectedEnd')
    bag.report(problem.name, { ...details, arguments: problem.arguments });
  else if (problem.name === 'reservedWord')
    bag.report(problem.name, { ...details, arguments: problem.arguments });
  else bag.report(problem.name, { ...details, arguments: problem.arguments });
}

function reportForeign({ token, advice }: ForeignWord, source: SourceFile, bag: Bag): void {
  bag.report('foreignWord', {
    at: spanOfToken(token, source.path),
    arguments: { word: token.image },
    help: [{ message: advice }],
  });
}

/** The tokens without what a word of another language opens; where a value was wanted, a hole is left. */
function withoutForeign(
  tokens: readonly Token[],
  { index }: ForeignWord,
  source: SourceFile,
): { readonly tokens: readonly Token[]; readonly span: Span } {
  const to = endOfForeign(tokens, index, (token) => startsLine(token, source));
  const before = tokens[index - 1];
  const wanted = before !== undefined && !startsLine(tokens[index]!, source);
  const filler = wanted ? [inventToken(Identifier, before.endOffset! + 1)] : [];
  const end = tokens[to]?.startOffset ?? source.text.length;
  return {
    tokens: tokens.toSpliced(index, to - index, ...filler),
    span: { file: source.path, start: tokens[index]!.startOffset, end },
  };
}

/** Points to the bracket that was to be closed, where the text goes on as if it had been. */
function openBracket(
  tokens: readonly Token[],
  index: number,
  problem: Problem,
  source: SourceFile,
): readonly Label[] {
  const token = tokens[index];
  const open = unclosed(tokens, index);
  if (open === undefined) return [];
  const closing = brackets.get(open.tokenType)!;
  const ended = token === undefined || startsDeclaration(tokens, index) || closers.has(token.tokenType);
  if (!ended || (token !== undefined && !problem.fitting.includes(closing.name))) return [];
  return [{ span: spanOfToken(open, source.path), text: `this \`${open.image}\` is not closed` }];
}

function checkEdition(file: ast.File, bag: Bag): void {
  const written = file.edition;
  if (written === undefined || (written.text === edition && written.unit === undefined)) return;
  bag.report('unknownEdition', {
    at: written.span,
    arguments: { edition: `\`${written.text}\`` },
    notes: [`this compiler reads edition ${edition}`],
    help: [
      {
        message: `write \`cmrnet ${edition}\``,
        fix: 'edition',
        edits: [{ span: written.span, text: edition }],
      },
    ],
  });
}

/** Imports come before declarations; the grammar lets them in anywhere, so that a late one gets one message. */
function checkImports(file: ast.File, source: SourceFile, bag: Bag): void {
  const first = file.declarations[0]?.span.start ?? source.text.length;
  const early = file.imports.filter((item) => item.span.start < first);
  const above = early.at(-1)?.span ?? file.edition?.span;
  for (const { span } of file.imports.filter((item) => item.span.start > first)) {
    const text = source.text.slice(span.start, span.end);
    const lineBreak = source.text[span.end] === '\n' ? 1 : 0;
    const separator = early.length === 0 ? '\n\n' : '\n';
    const edits = above && [
      { span: { ...above, start: above.end }, text: `${separator}${text}` },
      { span: { ...span, end: span.end + lineBreak }, text: '' },
    ];
    const message = 'move it to the other imports, below the edition';
    bag.report('lateImport', {
      at: span,
      arguments: {},
      secondary: [{ span: file.declarations[0]!.name.span, text: 'the first declaration' }],
      help: [edits ? { message, fix: 'move', edits } : { message }],
    });
  }
}
