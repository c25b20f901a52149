import { isProblem } from '../ir/operations/entry.ts';
import { completeAttributes } from '../ir/operations.ts';
import { inputNames } from '../semantics/names/application.ts';
import type { Declared, Reporter } from '../semantics/program/program.ts';
import { describe } from '../semantics/values/describe.ts';
import {
  type Application,
  type BlockApplication,
  formatValue,
  isTensor,
  isUnknown,
  type Layer,
  type OperationApplication,
  poison,
  typeOf,
  type Value,
} from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import type { Frame, TensorOperand } from './frame.ts';
import { join, PathTable } from './naming.ts';
import { reportProblem } from './problems.ts';

/** A value with the place where it was written. */
export interface Operand {
  readonly value: Value;
  readonly span: Span;
}

/** A tensor while bodies are only checked. */
export const unknownTensor: Value = { kind: 'unknown', type: { kind: 'tensor' } };

/** What an operation makes of tensors: one new node. */
export function feedOperation(
  applied: OperationApplication,
  operands: readonly Operand[],
  path: string,
  frame: Frame,
): Value {
  const tensors = tensorsOf(operands, applied.op, frame.reporter);
  return tensors.kind === 'tensors' ? makeNode(applied, tensors.operands, path, frame) : tensors.instead;
}

/**
 * What a block makes of tensors: the value of its output, or all its outputs by name.
 * @param path what the instance is called; asked for only when it is made
 */
export function feedBlock(
  applied: BlockApplication,
  operands: readonly Operand[],
  path: () => string,
  frame: Frame,
): Value {
  const { declaration } = applied.block;
  const tensors = tensorsOf(operands, declaration.name.text, frame.reporter);
  if (tensors.kind === 'tensors') {
    const inputs = inputNames(declaration.body);
    const named = new Map(tensors.operands.map((operand, index) => [inputs[index]!, operand]));
    return frame.elaboration.instantiate(applied, named, path(), frame);
  }
  return tensors.instead.kind === 'poison' ? poison : unknownResult(applied.block);
}

/** Each use of a shared layer names its weights anew from the layer's path, and so finds the same ones. */
export function feedLayer(
  { path, application }: Layer,
  operands: readonly Operand[],
  span: Span,
  around: Frame,
): Value {
  const frame = { ...around, layers: new PathTable() };
  return application.kind === 'operation'
    ? feedOperation({ ...application, span }, operands, path, frame)
    : feedBlock({ ...application, span }, operands, () => path, frame);
}

/** The names of the tensors that an application takes; operations have one without a name. */
export function inputsOfApplication(application: Application): readonly string[] {
  return application.kind === 'operation' ? [''] : inputNames(application.block.declaration.body);
}

/** What to do with a list where a tensor is wanted. */
export const takeOne =
  'name the list with `let`, then take one of its tensors with `last(list)` or `list[0]`, or join them with `concat(...list)`';

/** A value where a tensor is needed; reports anything else and gives poison. */
export function tensorOrPoison({ value, span }: Operand, what: string, reporter: Reporter): Value {
  if (isTensor(value) || value.kind === 'poison') return value;
  if (isUnknown(value)) return unknownTensor;
  if (value.kind === 'partial' || value.kind === 'function' || value.kind === 'declared') {
    if (typeOf(value)?.kind === 'block') {
      const callee = formatValue(value).replace(/\(.*/s, '');
      reporter.report('notApplied', {
        at: span,
        arguments: { callee },
        help: [{ message: `feed it a tensor, as in \`x |> ${callee}(…)\`, or own it with \`layer\`` }],
      });
      return poison;
    }
  }
  const isList = typeOf(value)?.kind === 'list';
  const [member] = value.kind === 'outputs' ? value.members.keys() : [];
  const advice = isList ? takeOne : member && `choose one of them, such as \`.${member}\``;
  reporter.report('typeMismatch', {
    at: span,
    arguments: { what, expected: 'a tensor', actual: describe(value) },
    help: advice ? [{ message: advice }] : [],
  });
  return poison;
}

/** The value of a block's outputs while bodies are only checked. */
function unknownResult(block: Declared<ast.Block>): Value {
  const outputs = block.declaration.body.statements.filter((statement) => statement.kind === 'output');
  const members = new Map(outputs.flatMap(({ name }) => (name ? [[name.text, unknownTensor] as const] : [])));
  return members.size === 0
    ? unknownTensor
    : { kind: 'outputs', block: block.declaration.name.text, members };
}

type Tensors =
  | { readonly kind: 'tensors'; readonly operands: readonly TensorOperand[] }
  /** What an operation makes of operands that are not known, or wrong. */
  | { readonly kind: 'none'; readonly instead: Value };

function tensorsOf(operands: readonly Operand[], what: string, reporter: Reporter): Tensors {
  const values = operands.map((operand) => tensorOrPoison(operand, `\`${what}\``, reporter));
  if (values.some(({ kind }) => kind === 'poison')) return { kind: 'none', instead: poison };
  const tensors = values.flatMap((value, index) =>
    value.kind === 'tensor' ? [{ node: value.node, span: operands[index]!.span }] : [],
  );
  return tensors.length < values.length
    ? { kind: 'none', instead: unknownTensor }
    : { kind: 'tensors', operands: tensors };
}

function makeNode(
  { op, arguments: given, places, span }: OperationApplication,
  operands: readonly TensorOperand[],
  path: string,
  { elaboration, layers, within, reporter }: Frame,
): Value {
  if (!elaboration.mayGrow(span)) return poison;
  const builder = elaboration.builder!;
  const base = join(path, op);
  const result = builder.apply(
    op,
    operands.map(({ node }) => node),
    completeAttributes(op, given),
    { path: elaboration.origins.take(base), span, within, decided: Object.fromEntries(places) },
    layers.take(base),
  );
  if (!isProblem(result)) return { kind: 'tensor', node: result };
  reportProblem(result, { call: span, operands, arguments: places }, builder.nodes, reporter);
  return poison;
}
