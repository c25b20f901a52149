import type { OperationName } from '../ir/graph.ts';
import { type ArgumentValue, operation, operations } from '../ir/operations.ts';
import { type Formal, matchArguments } from '../semantics/names/arguments.ts';
import type { Typed } from '../semantics/names/parameters.ts';
import type { Declared } from '../semantics/program/program.ts';
import { convert } from '../semantics/values/convert.ts';
import { describe } from '../semantics/values/evaluate.ts';
import type { Application, Given, OperationApplication, Value } from '../semantics/values/values.ts';
import type * as ast from '../syntax/ast.ts';
import type { BodyEvaluation, Elaboration } from './frame.ts';
import { formalsOf, operationArgument } from './operation-arguments.ts';

/** Whether an operation takes its tensors between the parentheses: `concat(a, b)`. */
export function isJoining(name: string): boolean {
  return name in operations && ['function', 'operator'].includes(operation(name as OperationName).notation);
}

/** What a call applies, or undefined when something is wrong with it; arguments are evaluated in any case. */
export function application(
  call: ast.Call,
  callee: Value,
  elaboration: Elaboration,
  evaluation: BodyEvaluation,
): Application | undefined {
  const { span } = call;
  if (callee.kind === 'function' && callee.name in operations && !isJoining(callee.name)) {
    const op = callee.name as OperationApplication['op'];
    const given = givenArguments(op, call, formalsOf(op), evaluation);
    const plain: Record<string, ArgumentValue> = {};
    for (const [name, { value, at }] of given.values) {
      const argument = operationArgument(op, name, value, at, evaluation.reporter);
      if (argument !== undefined) plain[name] = argument;
      else if (elaboration.builder) given.sound = false;
    }
    const places = new Map([...given.values].map(([name, { at, decided }]) => [name, decided ?? at]));
    return given.sound ? { kind: 'operation', op, arguments: plain, places, span } : undefined;
  }
  if (callee.kind === 'declared' && callee.declared.declaration.kind === 'block') {
    const block = callee.declared as Declared<ast.Block>;
    const typed = elaboration.signatures.of(block.declaration.parameters);
    const given = blockArguments(block, call, typed, evaluation);
    return given && { kind: 'block', block, given, span };
  }
  if (callee.kind !== 'poison') {
    evaluation.reporter.report('notALayer', { at: call.callee.span, arguments: { what: describe(callee) } });
  }
  for (const argument of call.arguments) evaluation.evaluate(argument.value);
  return undefined;
}

function blockArguments(
  block: Declared<ast.Block>,
  call: ast.Call,
  typed: readonly Typed[],
  evaluation: BodyEvaluation,
): ReadonlyMap<string, Given> | undefined {
  const { name } = block.declaration;
  const given = givenArguments(name.text, call, typed, evaluation);
  const converted = new Map<string, Given>();
  for (const { name: formal, type, parameter } of typed) {
    const own = given.values.get(formal);
    if (!own) continue;
    const value = convert(own.value, type, {
      reporter: evaluation.reporter,
      at: own.at,
      what: `\`${formal}\` of \`${name.text}\``,
      secondary: [{ span: parameter.name.span, text: 'declared here' }],
    });
    if (value.kind === 'poison') given.sound = false;
    converted.set(formal, { ...own, value });
  }
  return given.sound ? converted : undefined;
}

/** The values of a call's arguments by parameter; not sound when any is missing, too many, or a mistake. */
function givenArguments(
  callee: string,
  call: ast.Call,
  formals: readonly Formal[],
  evaluation: BodyEvaluation,
): { values: ReadonlyMap<string, Given>; sound: boolean } {
  const matched = matchArguments(
    { name: callee, span: call.span, formals },
    call.arguments,
    evaluation.reporter,
  );
  const values = new Map<string, Given>();
  let sound = formals.every(({ name, required }) => !required || matched.has(name));
  for (const argument of call.arguments) {
    const formal = [...matched].find(([, own]) => own === argument)?.[0];
    const value = evaluation.evaluate(argument.value);
    if (formal === undefined || value.kind === 'poison') sound = false;
    if (formal !== undefined)
      values.set(formal, { value, at: argument.value.span, decided: evaluation.decided(argument) });
  }
  return { values, sound };
}
