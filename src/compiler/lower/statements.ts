import { didYouMean } from '../diagnostics/suggest.ts';
import type { HeadKind } from '../ir/graph.ts';
import { formatShape } from '../ir/shape.ts';
import { tooLarge } from '../ir/too-large.ts';
import { Scope } from '../semantics/names/scope.ts';
import { reportVolume } from '../semantics/names/volumes.ts';
import { describe } from '../semantics/values/describe.ts';
import { listFunctions } from '../semantics/values/list-functions.ts';
import { numeric, poison, type Value } from '../semantics/values/values.ts';
import type * as ast from '../syntax/ast.ts';
import { matchShape } from './axes.ts';
import { StatementEvaluation } from './evaluation.ts';
import { tensorOrPoison, unknownTensor } from './feeding.ts';
import type { Frame, TensorOperand } from './frame.ts';
import { join, Site } from './naming.ts';
import { reportProblem } from './problems.ts';

/** The kinds of heads. */
export const headKinds = ['mask', 'label', 'value'] as const satisfies readonly HeadKind[];

/** A body on its way through its statements. */
export interface Body {
  readonly kind: 'block' | 'network' | 'stage';
  /** The block's or network's name. */
  readonly name: string;
  readonly frame: Frame;
  readonly scope: Scope;
  /** The path of what is bound here. */
  readonly path: string;
  /** What a block is applied to, by input; undefined for networks and while bodies are only checked. */
  readonly operands: ReadonlyMap<string, TensorOperand> | undefined;
}

/**
 * Runs the statements of a body in order and returns the value of its `output`, all its named outputs, or poison when
 * there is none.
 */
export function runBody(graph: ast.Graph, body: Body): Value {
  let output: Value = poison;
  const members = new Map<string, Value>();
  const image = body.kind === 'network' ? dealImage(graph, body) : undefined;
  for (const statement of graph.statements) {
    if (statement.name) body.scope.announce(statement.name.text, statement.name.span);
  }
  for (const statement of graph.statements) {
    const result =
      statement.kind === 'input' ? runInput(statement, body, image) : runStatement(statement, body);
    if (statement.kind !== 'output') continue;
    if (statement.name) members.set(statement.name.text, result);
    else output = result;
  }
  return members.size === 0 ? output : { kind: 'outputs', block: body.name, members };
}

function runStatement(statement: Exclude<ast.Statement, ast.Input>, body: Body): Value {
  const { frame, scope, path } = body;
  switch (statement.kind) {
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
      const { name, value: written } = statement;
      const site = name ? Site.binding(join(path, name.text), written) : Site.output(path, written);
      const evaluation = evaluate(body, site);
      const operand = { value: evaluation.evaluate(written), span: written.span };
      const value = tensorOrPoison(operand, '`output`', frame.reporter);
      const result = described(statement, value, body, evaluation);
      return name ? declare(body, name, result) : result;
    }
    default:
      return statement satisfies never;
  }
}

function runInput(
  statement: ast.Input,
  body: Body,
  image: ReadonlyMap<ast.Input, number> | undefined,
): Value {
  const { frame, scope } = body;
  const evaluation = evaluate(body, Site.binding(body.path));
  const { builder } = frame.elaboration;
  if (!builder && body.kind === 'network' && statement.shape.axes.length === 4) {
    imageShape(statement, scope, evaluation);
    return declare(body, statement.name, poison);
  }
  if (!builder) {
    matchShape(statement.shape, undefined, statement.shape.span, scope, evaluation);
    return declare(body, statement.name, unknownTensor);
  }
  const operand = body.operands?.get(statement.name.text);
  if (operand) {
    const { shape } = builder.nodes[operand.node]!;
    const sound = matchShape(statement.shape, shape, operand.span, scope, evaluation);
    return declare(body, statement.name, sound ? { kind: 'tensor', node: operand.node } : poison);
  }
  const node = image?.get(statement);
  return declare(body, statement.name, node === undefined ? poison : { kind: 'tensor', node });
}

/**
 * The nodes of a network's inputs: the image itself where there is one; of several, each takes its channels of the image
 * in the order written. Nothing where a mistake was reported, or while bodies are only checked.
 */
function dealImage(graph: ast.Graph, body: Body): ReadonlyMap<ast.Input, number> | undefined {
  const { frame, scope } = body;
  const { builder } = frame.elaboration;
  const inputs = graph.statements.filter((statement) => statement.kind === 'input');
  if (!builder || inputs.length === 0) return undefined;
  const evaluation = evaluate(body, Site.binding(body.path));
  const shapes = inputs.map((input) => imageShape(input, scope, evaluation));
  const first = inputs[0]!;
  if (shapes.includes(undefined)) return undefined;
  const [[height, width]] = shapes as [readonly [number, number, number]];
  const other = shapes.findIndex((shape) => shape![0] !== height || shape![1] !== width);
  if (other > -1) {
    frame.reporter.report('inputSizes', {
      at: inputs[other]!.shape.span,
      arguments: { network: body.name },
      label: formatShape(shapes[other]!),
      secondary: [{ span: first.shape.span, text: formatShape(shapes[0]!) }],
      notes: ['the inputs of a network are channels of one image, so they have its height and width'],
    });
    return undefined;
  }
  const originOf = (input: ast.Input, path: string) => ({ path, span: input.shape.span, within: [] });
  if (inputs.length === 1) {
    const { name } = first;
    return new Map([[first, builder.input(name.text, shapes[0]!, originOf(first, name.text))]]);
  }
  const channels = shapes.reduce((sum, shape) => sum + shape![2]!, 0);
  const whole = builder.input('image', [height, width, channels], originOf(first, 'image'));
  let begin = 0;
  return new Map(
    inputs.map((input, index) => {
      const count = shapes[index]![2]!;
      const path = join(input.name.text, 'slice');
      const part = builder.apply('slice', [whole], { begin, count, axis: 'channels' }, originOf(input, path));
      begin += count;
      return [input, part as number];
    }),
  );
}

/** The size of an input of a network: three whole numbers above 0. */
function imageShape(
  { shape }: ast.Input,
  scope: Scope,
  evaluation: StatementEvaluation,
): readonly number[] | undefined {
  const { reporter } = evaluation;
  if (shape.axes.length === 4) {
    reportVolume('an image with four sizes', shape.span, reporter);
    return undefined;
  }
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
  const operand = { value: evaluation.evaluate(statement.value), span };
  const value = tensorOrPoison(operand, `the head \`${name.text}\``, frame.reporter);
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
  const tensor = tensorOrPoison({ value, span: written.span }, 'a shape', frame.reporter);
  if (tensor.kind === 'poison') return poison;
  const node = tensor.kind === 'tensor' ? frame.elaboration.builder?.nodes[tensor.node] : undefined;
  return matchShape(shape, node?.shape, written.span, scope, evaluation) ? tensor : poison;
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
      arguments: { name: name.text, what: name.text in listFunctions ? 'a function' : 'an operation' },
    });
  }
  scope.set(name.text, value, name.span);
  return value;
}

function evaluate({ frame, scope }: Body, site: Site): StatementEvaluation {
  return new StatementEvaluation(frame, scope, site);
}
