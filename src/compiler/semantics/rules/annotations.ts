import { codes } from '../../diagnostics/codes.ts';
import { kebab } from '../../diagnostics/diagnostic.ts';
import { didYouMean } from '../../diagnostics/suggest.ts';
import { annotationNames, annotationText } from '../program/annotations.ts';
import { nodesIn } from '../program/walk.ts';
import type { Rule } from './rule.ts';

/** The names of all diagnostics that can be silenced. */
const warnings = Object.entries(codes)
  .filter(([, { severity }]) => severity !== 'error')
  .map(([name]) => kebab(name));

/** Annotations are known, hold one text, and `@allow` names a warning. */
export const annotations: Rule = ({ file }, reporter) => {
  for (const node of nodesIn(file)) {
    if (node.kind !== 'annotation') continue;
    const { name } = node;
    const text = annotationText(node);
    if (!annotationNames.some((candidate) => candidate === name.text)) {
      reporter.report('unknownAnnotation', {
        at: name.span,
        arguments: { name: name.text },
        notes: [`there are ${annotationNames.map((candidate) => `\`@${candidate}\``).join(', ')}`],
        help: didYouMean(name.span, name.text, annotationNames),
      });
    } else if (text === undefined) {
      reporter.report('annotationArgument', { at: node.span, arguments: { name: name.text } });
    } else if (name.text === 'allow' && !warnings.includes(text)) {
      const { span } = node.arguments[0]!;
      const inside = { ...span, start: span.start + 1, end: span.end - 1 };
      reporter.report('unknownWarning', {
        at: span,
        arguments: { name: text },
        help: didYouMean(inside, text, warnings),
        notes: Object.keys(codes).map(kebab).includes(text) ? ['errors cannot be silenced'] : [],
      });
    }
  }
};
