import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import { describeExpression, leaf, what } from './nodes.ts';
import type { SettingType } from './table.ts';

/** One of some bare words, such as `pooled`. */
export function word<const O extends string>(...options: readonly O[]): SettingType<O> {
  return {
    describe: alternatives(options),
    example: options.at(-1)!,
    bare: true,
    read(node, reading) {
      if (!leaf(node, reading)) return undefined;
      const { value } = node.entry!;
      const name = value.kind === 'reference' ? value.name.text : undefined;
      const option = options.find((candidate) => candidate === name);
      if (option) return option;
      const at = value.span;
      const details = { at, notes: [`${what(node)} is ${alternatives(options)}`] };
      if (name === undefined) {
        if (value.kind === 'hole') return undefined;
        const written = value.kind === 'string' && options.find((candidate) => candidate === value.value);
        reading.reporter.report('typeMismatch', {
          ...details,
          arguments: { what: what(node), expected: alternatives(options), actual: describeExpression(value) },
          help: written
            ? [{ message: `write \`${written}\``, fix: 'bareWord', edits: [{ span: at, text: written }] }]
            : [],
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

/** `classes`, or the name of a label head, which predicts the dataset's classes or an attribute. */
export const stratification: SettingType<boolean | string> = {
  describe: '`classes`, or the name of a label head',
  example: 'classes',
  read(node, reading) {
    if (!leaf(node, reading) || !reading.heads) return undefined;
    const { value } = node.entry!;
    const name = value.kind === 'reference' ? value.name : undefined;
    const head = reading.heads.find((candidate) => candidate.name.text === name?.text);
    if (name?.text === 'classes') return true;
    if (head?.headKind.text === 'label') return head.name.text;
    const labels = reading.heads.filter((candidate) => candidate.headKind.text === 'label');
    const names = ['classes', ...labels.map((candidate) => candidate.name.text)];
    if (name && !head) {
      reading.reporter.report('unknownName', {
        at: value.span,
        arguments: { kind: 'head', name: name.text },
        notes: [`${what(node)} is ${alternatives(names)}`],
        help: didYouMean(value.span, name.text, names),
      });
    } else if (value.kind !== 'hole') {
      reading.reporter.report('typeMismatch', {
        at: value.span,
        arguments: {
          what: what(node),
          expected: this.describe,
          actual: head ? `the ${head.headKind.text} head \`${head.name.text}\`` : describeExpression(value),
        },
      });
    }
    return undefined;
  },
};
