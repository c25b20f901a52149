import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import type { Rule } from './rule.ts';

type Kind = 'block' | 'network' | 'stage';

/** What each kind of body may hold. */
const allowed: Readonly<Record<Kind, readonly ast.Statement['kind'][]>> = {
  block: ['input', 'let', 'layer', 'stage', 'output'],
  network: ['input', 'let', 'layer', 'stage', 'head'],
  stage: ['let', 'layer', 'stage'],
};

/** What each kind of body needs, and whether once only. */
const needed: Readonly<Record<Exclude<Kind, 'stage'>, Readonly<Record<string, 'once' | 'ever'>>>> = {
  block: { input: 'once', output: 'once' },
  network: { input: 'once', head: 'ever' },
};

/** What a missing statement may look like. */
const examples: Readonly<Record<Exclude<Kind, 'stage'>, Readonly<Record<string, string>>>> = {
  block: { input: 'input x: [h, w, c]', output: 'output x' },
  network: {
    input: 'input image: [256, 224, 1]',
    head: 'head segmentation: mask = image |> conv(1) |> sigmoid()',
  },
};

/** Statements stand where they belong: one input and one output in a block, heads in a network. */
export const statements: Rule = ({ file }, reporter) => {
  for (const declaration of file.declarations) {
    if (declaration.kind !== 'block' && declaration.kind !== 'network') continue;
    const { kind, name, body } = declaration;
    misplaced(body, kind, reporter);
    for (const [statement, often] of Object.entries(needed[kind])) {
      const [first, second] = body.statements.filter((other) => other.kind === statement);
      if (!first) {
        reporter.report('missingStatement', {
          at: name.span,
          arguments: { kind, name: name.text, statement },
          help: [{ message: `add one, such as \`${examples[kind][statement]}\`` }],
        });
      } else if (second && often === 'once') {
        reporter.report('repeatedStatement', {
          at: second.span,
          arguments: { kind, statement },
          secondary: [{ span: first.span, text: 'the first one' }],
        });
      }
    }
  }
};

function misplaced(graph: ast.Graph, kind: Kind, reporter: Reporter): void {
  for (const statement of graph.statements) {
    if (!allowed[kind].includes(statement.kind)) {
      reporter.report('misplacedStatement', {
        at: statement.span,
        arguments: { statement: statement.kind, kind },
        notes: [`a ${kind} holds ${allowed[kind].map((name) => `\`${name}\``).join(', ')}`],
      });
    }
    if (statement.kind === 'stage') misplaced(statement.body, 'stage', reporter);
  }
}
