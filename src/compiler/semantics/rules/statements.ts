import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import type { Rule } from './rule.ts';

type Kind = 'block' | 'network' | 'stage' | 'loss';

/** What each kind of body may hold. */
const allowed: Readonly<Record<Kind, readonly ast.Statement['kind'][]>> = {
  block: ['input', 'let', 'layer', 'stage', 'output'],
  network: ['input', 'let', 'layer', 'stage', 'head'],
  stage: ['let', 'layer', 'stage'],
  loss: ['let', 'output'],
};

/** What each kind of body needs. */
const needed: Readonly<Record<Exclude<Kind, 'stage'>, readonly string[]>> = {
  block: ['input', 'output'],
  network: ['input', 'head'],
  loss: ['output'],
};

/** What a missing statement may look like. */
const examples: Readonly<Record<Exclude<Kind, 'stage'>, Readonly<Record<string, string>>>> = {
  block: { input: 'input x: [h, w, c]', output: 'output x' },
  network: {
    input: 'input image: [256, 224, 1]',
    head: 'head segmentation: mask = image |> conv(1) |> sigmoid()',
  },
  loss: { output: 'output mean((head - truth) ** 2)' },
};

/** Statements stand where they belong: inputs and outputs in a block, heads in a network; several outputs have names. */
export const statements: Rule = ({ file }, reporter) => {
  for (const declaration of file.declarations) {
    if (declaration.kind !== 'block' && declaration.kind !== 'network' && declaration.kind !== 'loss')
      continue;
    const { kind, name, body } = declaration;
    misplaced(body, kind, reporter);
    for (const statement of needed[kind]) {
      if (body.statements.some((other) => other.kind === statement)) continue;
      reporter.report('missingStatement', {
        at: name.span,
        arguments: { kind, name: name.text, statement },
        help: [{ message: `add one, such as \`${examples[kind][statement]}\`` }],
      });
    }
    if (declaration.kind === 'block') unnamedOutputs(declaration, reporter);
    if (declaration.kind === 'loss') singleOutput(declaration, reporter);
  }
};

function unnamedOutputs({ name, body }: ast.Block | ast.Network, reporter: Reporter): void {
  const outputs = body.statements.filter((statement) => statement.kind === 'output');
  if (outputs.length < 2) return;
  for (const output of outputs) {
    if (output.name) continue;
    reporter.report('unnamedOutput', {
      at: output.span,
      arguments: { block: name.text },
      help: [
        { message: 'give each a name, such as `output low = x`; whoever applies the block writes `.low`' },
      ],
    });
  }
}

/** A loss comes out as one number. */
function singleOutput({ name, body }: ast.Loss, reporter: Reporter): void {
  const [first, second] = body.statements.filter((statement) => statement.kind === 'output');
  const extra = second ?? (first?.name ? first : undefined);
  if (!extra) return;
  reporter.report('lossBody', {
    at: extra.span,
    arguments: { problem: `the loss \`${name.text}\` has one output, without a name` },
  });
}

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
