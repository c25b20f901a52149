import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import { nodesIn, referencesIn } from '../program/walk.ts';
import type { Rule } from './rule.ts';

/** What a body or an experiment names, it uses. */
export const unusedName: Rule = ({ file }, reporter) => {
  for (const declaration of file.declarations) {
    if (declaration.kind === 'block' || declaration.kind === 'network' || declaration.kind === 'loss') {
      const ends = declaration.kind === 'network' ? 'head' : 'output';
      if (!declaration.body.statements.some(({ kind }) => kind === ends)) continue;
      const used = referencesIn(declaration);
      unusedParameters(declaration.parameters, used, reporter);
      unusedStatements(declaration.body, used, membersIn(declaration.body), reporter);
    } else if (declaration.kind === 'dataset' || declaration.kind === 'experiment') {
      unusedParameters(declaration.parameters, referencesIn(declaration), reporter);
    }
  }
};

function unusedParameters(
  parameters: readonly ast.Parameter[],
  used: ReadonlySet<string>,
  reporter: Reporter,
): void {
  for (const { name } of parameters) if (!used.has(name.text)) report('parameter', name, reporter);
}

function unusedStatements(
  graph: ast.Graph,
  used: ReadonlySet<string>,
  members: ReadonlySet<string>,
  reporter: Reporter,
): void {
  for (const statement of graph.statements) {
    if (statement.kind === 'stage') unusedStatements(statement.body, used, members, reporter);
    const named = statement.kind === 'let' || statement.kind === 'layer' || statement.kind === 'input';
    if (!named || used.has(statement.name.text) || members.has(statement.name.text)) continue;
    report(statement.kind === 'let' ? 'value' : statement.kind, statement.name, reporter);
  }
}

/** The names that are reached through a stage, as in `encoder.f1`. */
function membersIn(graph: ast.Graph): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodesIn(graph)) if (node.kind === 'member') names.add(node.name.text);
  return names;
}

function report(kind: string, name: ast.Name, reporter: Reporter): void {
  if (name.text === '') return;
  reporter.report('unusedName', { at: name.span, arguments: { kind, name: name.text } });
}
