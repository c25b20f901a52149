import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import { describeExpression, leaf, what } from './nodes.ts';
import type { SettingType } from './table.ts';

/** One of some bare words, such as `pooled`. */
export function word<const O extends string>(...options: readonly O[]): SettingType<O> {
  return {
    describe: alternatives(options),
    read(node, reading) {
      if (!leaf(node, reading)) return undefined;
      const { value } = node.entry!;
      const name = value.kind === 'reference' ? value.name.text : undefined;
      const option = options.find((known) => known === name);
      if (option) return option;
      const at = value.span;
      const details = { at, notes: [`${what(node)} is ${alternatives(options)}`] };
      if (name === undefined) {
        if (value.kind === 'hole') return undefined;
        const written = value.kind === 'string' && options.find((known) => known === value.value);
        reading.reporter.report('typeMismatch', {
          ...details,
          arguments: { what: what(node), expected: alternatives(options), actual: describeExpression(value) },
          help: written ? [{ message: `write \`${written}\``, edits: [{ span: at, text: written }] }] : [],
        });
      } else {
        reading.reporter.report('unknownName', {
          ...details,
          arguments: { kind: node.name?.text ?? 'choice', name },
          help: didYouMean(at, name, options),
        });
      }
      return undefined;
    },
  };
}

/** The name of a head of one kind. */
export function headOf(kind: string): SettingType<string | null> {
  return {
    describe: `the name of a ${kind} head`,
    read(node, reading) {
      if (!leaf(node, reading) || !reading.heads) return undefined;
      const { value } = node.entry!;
      const name = value.kind === 'reference' ? value.name : undefined;
      const head = reading.heads.find((known) => known.name.text === name?.text);
      if (head?.headKind.text === kind) return head.name.text;
      const fitting = reading.heads.filter((known) => known.headKind.text === kind);
      const names = fitting.map((known) => known.name.text);
      if (name && !head) {
        reading.reporter.report('unknownName', {
          at: value.span,
          arguments: { kind: 'head', name: name.text },
          help: didYouMean(value.span, name.text, names),
        });
      } else if (value.kind !== 'hole') {
        reading.reporter.report('typeMismatch', {
          at: value.span,
          arguments: {
            what: what(node),
            expected: `a ${kind} head`,
            actual: head ? `the ${head.headKind.text} head \`${head.name.text}\`` : describeExpression(value),
          },
        });
      }
      return undefined;
    },
  };
}
