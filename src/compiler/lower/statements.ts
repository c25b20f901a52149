import { didYouMean } from '../diagnostics/suggest.ts';
import { tooLarge } from '../ir/builder.ts';
import type { HeadKind } from '../ir/graph.ts';
import { Scope } from '../semantics/names/scope.ts';
import type { Reporter } from '../semantics/program/program.ts';
import { describe } from '../semantics/values/evaluate.ts';
import { isTensor, numeric, poison, typeOf, type Value } from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import { matchShape } from './axes.ts';
import { StatementEvaluation, takeOne } from './evaluation.ts';
import type { Frame, TensorOperand } from './frame.ts';
import { join, Site } from './naming.ts';
import { reportProblem } from './problems.ts';

/** The kinds of heads. */
export const headKinds = ['mask', 'label'] as const satisfies readonly HeadKind[];

/** A body on its way through its statements. */
export interface Body {
  readonly kind: 'block' | 'network' | 'stage';
  /** The block's or network's name. */
  readonly name: string;
  readonly frame: Frame;
  readonly scope: Scope;
  /** The path of what is bound here. */
  readonly path: string;
  /** What a block is applied to; undefined for networks and while bodies are only checked. */
  readonly operand: TensorOperand | undefined;
}

const unknownTensor: Value = { kind: 'unknown', type: { kind: 'tensor' } };

/** Runs the statements of a body in order and returns the value of its `output`, or poison when there is none. */
export function runBody(graph: ast.Graph, body: Body): Value {
  let output: Value = poison;
  for (const statement of graph.statements) {
    if (statement.kind !== 'output') body.scope.announce(statement.name.text, statement.name.span);
  }
  for (const statement of graph.statements) {
    const result = runStatement(statement, body);
    if (statement.kind === 'output') output = result;
  }
  return output;
}

function runStatement(statement: ast.Statement, body: Body): Value {
  const { frame, scope, path } = body;
  switch (statement.kind) {
    case 'input':
      return runInput(statement, body);
    case 'let': {
      const evaluation = evaluate(body, Site.binding(join(path, statement.name.text), statement.value));
      const value = evaluation.evaluate(statement.value);
      return declare(body, statement.name, described(statement, value, body, evaluation));
    }
    case 'layer': {
      const own = join(path, statement.name.text);
      const layer = evaluate(body, Site.binding(own, statement.value)).layer(own, statement.value);
      return declare(body, statement.name, layer);
    }
    case 'stage': {
      const stage: Body = {
        ...body,
        kind: 'stage',
        scope: new Scope(scope),
        path: join(path, statement.name.text),
      };
      runBody(statement.body, stage);
      return declare(body, statement.name, {
        kind: 'stage',
        name: statement.name.text,
        members: stage.scope.own(),
      });
    }
    case 'head':
      return runHead(statement, body);
    case 'output': {
      const evaluation = evaluate(body, Site.output(path, statement.value));
      const value = tensorOf(
        evaluation.evaluate(statement.value),
        statement.value.span,
        '`output`',
        frame.reporter,
      );
      return described(statement, value, body, evaluation);
    }
    default:
      return statement satisfies never;
  }
}

function runInput(statement: ast.Input, body: Body): Value {
  const { frame, scope, operand } = body;
  const evaluation = evaluate(body, Site.binding(body.path));
  const { builder } = frame.elaboration;
  if (!builder) {
    matchShape(statement.shape, undefined, statement.shape.span, scope, evaluation);
    return declare(body, statement.name, unknownTensor);
  }
  if (operand) {
    const { shape } = builder.nodes[operand.node]!;
    const sound = matchShape(statement.shape, shape, operand.span, scope, evaluation);
    return declare(body, statement.name, sound ? { kind: 'tensor', node: operand.node } : poison);
  }
  const shape = imageShape(statement, scope, evaluation);
  const origin = { path: statement.name.text, span: statement.shape.span, within: [] };
  const value: Value = shape
    ? { kind: 'tensor', node: builder.input(statement.name.text, shape, origin) }
    : poison;
  return declare(body, statement.name, value);
}

/** The size of a network's image: three whole numbers above 0. */
function imageShape(
  { shape }: ast.Input,
  scope: Scope,
  evaluation: StatementEvaluation,
): readonly number[] | undefined {
  const { reporter } = evaluation;
  const sizes = shape.axes.map((axis) => {
    if (axis.kind === 'reference' && !scope.get(axis.name.text)) {
      reporter.report('unboundAxis', {
        at: axis.span,
        arguments: { name: axis.name.text },
        notes: ['a network starts with the image, so its size is made of numbers and parameters'],
      });
      return undefined;
    }
    const value = evaluation.evaluate(axis);
    const size = value.kind === 'number' && value.type === 'int' ? numeric(value)! : undefined;
    if (value.kind !== 'poison' && (size === undefined || size < 1)) {
      reporter.report('typeMismatch', {
        at: axis.span,
        arguments: { what: 'an axis', expected: 'a whole number above 0', actual: describe(value) },
      });
      return undefined;
    }
    return size;
  });
  if (sizes.length !== 3) {
    reporter.report('axisCount', {
      at: shape.span,
      arguments: { expected: sizes.length, actual: 'an image' },
      notes: ['an image is `[height, width, channels]`'],
    });
    return undefined;
  }
  if (sizes.some((size) => size === undefined)) return undefined;
  const large = tooLarge('an image', sizes as number[]);
  if (large) {
    reportProblem(large, { call: shape.span, operands: [], arguments: new Map() }, [], reporter);
    return undefined;
  }
  return sizes as number[];
}

function runHead(statement: ast.Head, body: Body): Value {
  const { frame, path } = body;
  const { name, headKind } = statement;
  const evaluation = evaluate(body, Site.binding(join(path, name.text), statement.value));
  const { span } = statement.value;
  const value = tensorOf(
    evaluation.evaluate(statement.value),
    span,
    `the head \`${name.text}\``,
    frame.reporter,
  );
  const kind = headKinds.find((candidate) => candidate === headKind.text);
  if (!kind && headKind.text !== '') {
    frame.reporter.report('unknownHeadKind', {
      at: headKind.span,
      arguments: { name: headKind.text },
      notes: [`a head is a ${headKinds.map((candidate) => `\`${candidate}\``).join(' or a ')}`],
      help: didYouMean(headKind.span, headKind.text, headKinds),
    });
  }
  const { builder } = frame.elaboration;
  if (!kind || !builder || value.kind !== 'tensor') frame.elaboration.leaveOut();
  else {
    const problem = builder.head(name.text, kind, value.node, name.span);
    const blame = { call: span, operands: [{ node: value.node, span }], arguments: new Map() };
    if (problem) reportProblem(problem, blame, builder.nodes, frame.reporter);
  }
  return declare(body, name, value);
}

/** Compares a value with the shape that its statement declares, if any. */
function described(
  { shape, value: written }: ast.Let | ast.Output,
  value: Value,
  { frame, scope }: Body,
  evaluation: StatementEvaluation,
): Value {
  if (!shape || value.kind === 'poison') return value;
  const tensor = tensorOf(value, written.span, 'a shape', frame.reporter);
  if (tensor.kind === 'poison') return poison;
  const node = tensor.kind === 'tensor' ? frame.elaboration.builder?.nodes[tensor.node] : undefined;
  return matchShape(shape, node?.shape, written.span, scope, evaluation) ? tensor : poison;
}

function tensorOf(value: Value, at: Span, what: string, reporter: Reporter): Value {
  if (value.kind === 'poison' || isTensor(value)) return value;
  reporter.report('typeMismatch', {
    at,
    arguments: { what, expected: 'a tensor', actual: describe(value) },
    help: typeOf(value)?.kind === 'list' ? [{ message: takeOne }] : [],
  });
  return poison;
}

function declare({ scope, frame }: Body, name: ast.Name, value: Value): Value {
  if (name.text === '') return value;
  const existing = scope.get(name.text);
  if (scope.owns(name.text)) {
    const place = scope.place(name.text);
    frame.reporter.report('duplicateName', {
      at: name.span,
      arguments: { name: name.text },
      secondary: place ? [{ span: place, text: 'first declared here' }] : [],
      help: [{ message: 'give one of them another name' }],
    });
    return value;
  }
  if (existing?.kind === 'function') {
    frame.reporter.report('takenName', {
      at: name.span,
      arguments: { name: name.text, what: 'an operation' },
    });
  }
  scope.set(name.text, value, name.span);
  return value;
}

function evaluate({ frame, scope }: Body, site: Site): StatementEvaluation {
  return new StatementEvaluation(frame, scope, site);
}
