import { alternatives, didYouMean } from '../../../diagnostics/suggest.ts';
import type * as ast from '../../../syntax/ast.ts';
import { describeExpression } from '../nodes.ts';
import type { Reading } from '../table.ts';
import { lossesOf } from './table.ts';

/** The head that stands as an argument of a loss, or undefined after a report of what stands there instead. */
export function headOf(
  lossName: string,
  wanted: readonly string[],
  argument: ast.Expression,
  call: ast.Call,
  { reporter, heads }: Reading,
): ast.Head | undefined {
  if (!heads) return undefined;
  if (argument.kind !== 'reference') {
    if (argument.kind === 'hole') return undefined;
    reporter.report('typeMismatch', {
      at: argument.span,
      arguments: { what: `\`${lossName}\``, expected: 'a head', actual: describeExpression(argument) },
    });
    return undefined;
  }
  const head = heads.find((candidate) => candidate.name.text === argument.name.text);
  const fitting = heads.filter((candidate) => wanted.some((kind) => kind === candidate.headKind.text));
  if (!head) {
    const names = fitting.map((candidate) => candidate.name.text);
    reporter.report('unknownName', {
      at: argument.span,
      arguments: { kind: 'head', name: argument.name.text },
      help: didYouMean(argument.span, argument.name.text, names),
    });
    return undefined;
  }
  const kind = head.headKind.text;
  if (fitting.includes(head)) return head;
  // A kind that there is not was reported where it stands.
  if (lossesOf(kind).length === 0) return undefined;
  const [only, other] = fitting;
  reporter.report('lossHead', {
    at: argument.span,
    arguments: { loss: lossName, expected: `a ${alternatives([...wanted]).replaceAll('`', '')} head` },
    label: `\`${head.name.text}\` is a ${kind} head`,
    secondary: [{ span: head.headKind.span, text: `declared as a ${kind} here` }],
    notes: [`${kind} heads can use ${alternatives(lossesOf(kind), 'and')}`],
    help:
      only && !other
        ? [
            {
              message: `did you mean \`${call.arguments[0]!.value === argument ? `${lossName}(${only.name.text})` : only.name.text}\`?`,
              fix: 'head',
              edits: [{ span: argument.span, text: only.name.text }],
            },
          ]
        : [],
  });
  return undefined;
}
