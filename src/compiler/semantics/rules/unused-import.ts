import type { Edit } from '../../diagnostics/diagnostic.ts';
import { nodesIn } from '../program/walk.ts';
import type { Rule } from './rule.ts';

/** Every imported name is used in the file that imports it. */
export const unusedImport: Rule = ({ file, unresolved }, reporter) => {
  const used = new Set<string>();
  for (const declaration of file.declarations) {
    for (const node of nodesIn(declaration)) {
      if (node.kind === 'reference') used.add(node.name.text);
      if (node.kind === 'variant' || node.kind === 'sweep') used.add(node.of.text);
    }
  }
  for (const statement of file.imports) {
    for (const [index, name] of statement.names.entries()) {
      if (used.has(name.text) || unresolved.has(name.text)) continue;
      const before = statement.names[index - 1];
      const after = statement.names[index + 1];
      const edit: Edit = before
        ? { span: { ...name.span, start: before.span.end }, text: '' }
        : { span: after ? { ...name.span, end: after.span.start } : statement.span, text: '' };
      reporter.report('unusedImport', {
        at: name.span,
        arguments: { name: name.text },
        help: [{ message: 'remove it', fix: 'remove', edits: [edit] }],
      });
    }
  }
};
