import { operation, operations } from '../../ir/operations.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Declared, Reporter } from '../program/program.ts';
import { convert } from '../values/convert.ts';
import {
  type Application,
  type AppliedOperation,
  calleeName,
  type Given,
  type OperationApplication,
  type PartialApplication,
  type Value,
} from '../values/values.ts';
import { matchArguments } from './arguments.ts';
import { formalsOf, operationArgument } from './operation-arguments.ts';
import type { Signatures } from './signatures.ts';

/** An argument with its value. */
export interface Evaluated {
  readonly argument: ast.Argument;
  readonly value: Value;
  /** The argument that decides the value: this one, or the one further out that it only hands on. */
  readonly decided: Span;
}

/** Whether an operation takes its tensors between the parentheses only: `concat(a, b)`. */
export function isJoining(name: string): boolean {
  return (
    name in operations && ['function', 'operator'].includes(operation(name as AppliedOperation).notation)
  );
}

/** What a value applies: an operation, a block, or either with some of its arguments; undefined for other values. */
export function partialOf(value: Value): PartialApplication | undefined {
  if (value.kind === 'partial') return value.partial;
  if (value.kind === 'function' && value.name in operations && !isJoining(value.name)) {
    return { callee: { kind: 'operation', op: value.name as AppliedOperation }, given: new Map() };
  }
  if (value.kind === 'declared' && value.declared.declaration.kind === 'block') {
    return { callee: { kind: 'block', block: value.declared as Declared<ast.Block> }, given: new Map() };
  }
  return undefined;
}

/** The names of the tensors that a partial application takes; operations have one without a name. */
export function inputsOf({ callee }: PartialApplication): readonly string[] {
  return callee.kind === 'operation' ? [''] : inputNames(callee.block.declaration.body);
}

/** The names of the inputs of a body, in the order written. */
export function inputNames(body: ast.Graph): readonly string[] {
  return body.statements.flatMap((statement) => (statement.kind === 'input' ? [statement.name.text] : []));
}

/**
 * A partial application with more arguments; undefined when something is wrong with them, which is reported.
 * @param span where missing arguments are reported
 * @param complete whether all arguments that are required have to be there
 */
export function withArguments(
  { callee, given: before }: PartialApplication,
  span: Span,
  evaluated: readonly Evaluated[],
  signatures: Signatures,
  reporter: Reporter,
  complete: boolean,
): PartialApplication | undefined {
  const name = calleeName(callee);
  const typed = callee.kind === 'block' ? signatures.of(callee.block.declaration.parameters) : undefined;
  const all = callee.kind === 'operation' ? formalsOf(callee.op) : typed!;
  const formals = all
    .filter((formal) => !before.has(formal.name))
    .map((formal) => ({ ...formal, required: formal.required && complete }));
  const again = evaluated.filter(({ argument }) => before.has(argument.name?.text ?? ''));
  for (const { argument } of again) {
    const formal = argument.name!.text;
    reporter.report('repeatedArgument', {
      at: argument.span,
      arguments: { callee: name, name: formal },
      secondary: [{ span: before.get(formal)!.at, text: 'first given here' }],
    });
  }
  const fresh = evaluated.filter((one) => !again.includes(one)).map(({ argument }) => argument);
  const matched = matchArguments({ name, span, formals }, fresh, reporter);
  let sound = formals.every((formal) => !formal.required || matched.has(formal.name));
  const given = new Map(before);
  for (const { argument, value, decided } of evaluated) {
    const formal = [...matched].find(([, own]) => own === argument)?.[0];
    if (formal === undefined || value.kind === 'poison') {
      sound = false;
      continue;
    }
    const at = argument.value.span;
    const parameter = typed?.find((other) => other.name === formal);
    const converted =
      parameter === undefined
        ? value
        : convert(value, parameter.type, {
            reporter,
            at,
            what: `\`${formal}\` of \`${name}\``,
            secondary: [{ span: parameter.parameter.name.span, text: 'declared here' }],
          });
    if (converted.kind === 'poison') sound = false;
    if (
      callee.kind === 'operation' &&
      operationArgument(callee.op, formal, value, at, reporter) === 'wrong'
    ) {
      sound = false;
    }
    given.set(formal, { value: converted, at, decided });
  }
  return sound ? { callee, given } : undefined;
}

/** A partial application that has all its arguments as one that tensors can be fed to. */
export function applicationOf({ callee, given }: PartialApplication, span: Span): Application {
  return callee.kind === 'block'
    ? { kind: 'block', block: callee.block, given, span }
    : operationApplication(callee.op, given, span);
}

function operationApplication(
  op: AppliedOperation,
  given: ReadonlyMap<string, Given>,
  span: Span,
): OperationApplication {
  const values = [...given].flatMap(([name, { value, at }]) => {
    const argument = operationArgument(op, name, value, at, silent);
    return typeof argument === 'object' && 'argument' in argument ? [[name, argument.argument] as const] : [];
  });
  const places = new Map([...given].map(([name, { at, decided }]) => [name, decided ?? at]));
  return { kind: 'operation', op, arguments: Object.fromEntries(values), places, span };
}

/** Arguments were checked before. */
const silent: Reporter = { report: () => undefined };
