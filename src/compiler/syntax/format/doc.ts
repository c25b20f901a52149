import { displayWidth } from '../../source/width.ts';

/** A text with choices of where to break lines, after Wadler's "A prettier printer". */
export type Doc = string | readonly Doc[] | Line | Group | Indent | IfBroken | Suffix | BreakParent;

/** A blank, or nothing, or in a broken group a line break; a hard one is a line break anywhere. */
interface Line {
  readonly kind: 'line';
  readonly flat: string;
  readonly hard: boolean;
}

/** Printed on one line if it fits and nothing in it insists on a line break; otherwise all its lines break. */
interface Group {
  readonly kind: 'group';
  readonly content: Doc;
  readonly broken: boolean;
}

interface Indent {
  readonly kind: 'indent';
  readonly columns: number;
  readonly content: Doc;
}

/** Text for a broken group only, such as a trailing comma. */
interface IfBroken {
  readonly kind: 'if-broken';
  readonly text: string;
}

/** Text that waits for the end of its line: a comment behind code. */
interface Suffix {
  readonly kind: 'suffix';
  readonly text: string;
}

/** Makes the groups around it break. */
interface BreakParent {
  readonly kind: 'break-parent';
}

/** A blank or a line break. */
export const line: Doc = { kind: 'line', flat: ' ', hard: false };

/** Nothing or a line break. */
export const softline: Doc = { kind: 'line', flat: '', hard: false };

/** A line break, in whatever group. */
export const hardline: Doc = { kind: 'line', flat: '', hard: true };

export const breakParent: Doc = { kind: 'break-parent' };

export function group(content: Doc, broken = false): Doc {
  return { kind: 'group', content, broken: broken || insists(content) };
}

export function indent(content: Doc, columns = 2): Doc {
  return { kind: 'indent', columns, content };
}

export function ifBroken(text: string): Doc {
  return { kind: 'if-broken', text };
}

export function suffix(text: string): Doc {
  return { kind: 'suffix', text };
}

/** Items with a separator between them. */
export function join(separator: Doc, items: readonly Doc[]): Doc {
  return items.map((item, index) => (index === 0 ? item : [separator, item]));
}

function insists(doc: Doc): boolean {
  if (typeof doc === 'string') return false;
  if (isSequence(doc)) return doc.some(insists);
  switch (doc.kind) {
    case 'line':
      return doc.hard;
    case 'group':
      return doc.broken;
    case 'indent':
      return insists(doc.content);
    case 'break-parent':
      return true;
    case 'if-broken':
    case 'suffix':
      return false;
  }
}

/** A document on one line, whatever insists on breaking. */
export function flat(doc: Doc): string {
  if (typeof doc === 'string') return doc;
  if (isSequence(doc)) return doc.map(flat).join('');
  if (doc.kind === 'line') return doc.flat;
  return doc.kind === 'group' || doc.kind === 'indent' ? flat(doc.content) : '';
}

interface Step {
  readonly indentation: number;
  readonly broken: boolean;
  readonly doc: Doc;
}

/** Lays a document out in at most `width` columns, as far as its line breaks allow. No line ends in blanks. */
export function print(doc: Doc, width: number): string {
  const out: string[] = [];
  const steps: Step[] = [{ indentation: 0, broken: true, doc }];
  let column = 0;
  let waiting = '';
  const write = (text: string) => {
    out.push(text);
    column += displayWidth(text);
  };
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { indentation, broken, doc: current } = step;
    if (typeof current === 'string') write(current);
    else if (isSequence(current)) for (const part of current.toReversed()) steps.push({ ...step, doc: part });
    else if (current.kind === 'indent') {
      steps.push({ indentation: indentation + current.columns, broken, doc: current.content });
    } else if (current.kind === 'group') {
      const open = current.broken || !fits(current.content, steps, width - column);
      steps.push({ indentation, broken: open, doc: current.content });
    } else if (current.kind === 'line' && !current.hard && !broken) write(current.flat);
    else if (current.kind === 'line') {
      out.push(waiting, '\n', ' '.repeat(indentation));
      waiting = '';
      column = indentation;
    } else if (current.kind === 'if-broken' && broken) write(current.text);
    else if (current.kind === 'suffix') waiting += current.text;
  }
  return `${out.join('')}${waiting}`.replace(/[ \t]+$/gm, '');
}

/** Whether a content fits flat into the columns that are left, with what follows it up to the next line break. */
function fits(content: Doc, following: readonly Step[], columns: number): boolean {
  let left = columns;
  let rest = following.length;
  const steps: { readonly broken: boolean; readonly doc: Doc }[] = [{ broken: false, doc: content }];
  while (left >= 0) {
    const step = steps.pop() ?? following[--rest];
    if (step === undefined) return true;
    const { broken, doc } = step;
    if (typeof doc === 'string') left -= displayWidth(doc);
    else if (isSequence(doc)) for (const part of doc.toReversed()) steps.push({ broken, doc: part });
    else if (doc.kind === 'indent') steps.push({ broken, doc: doc.content });
    else if (doc.kind === 'group') steps.push({ broken: broken || doc.broken, doc: doc.content });
    else if (doc.kind === 'line') {
      if (broken || doc.hard) return true;
      left -= doc.flat.length;
    } else if (doc.kind === 'if-broken' && broken) left -= displayWidth(doc.text);
  }
  return false;
}

function isSequence(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}
