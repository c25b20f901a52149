import { listed } from '../diagnostics/listing.ts';
import type { Evaluated } from '../semantics/names/application.ts';
import type { Reporter } from '../semantics/program/program.ts';
import { describe } from '../semantics/values/describe.ts';
import { isTensor, isUnknown, poison, typeOf, type Value } from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import { type Operand, tensorOrPoison, unknownTensor } from './feeding.ts';

/** The tensors of a call by input, and the arguments that are left: leading positional ones, and those named so. */
export function dealt(
  inputs: readonly string[],
  first: readonly Operand[],
  evaluated: readonly Evaluated[],
): { readonly operands: ReadonlyMap<string, Operand>; readonly rest: readonly Evaluated[] } {
  const leading = [...first];
  const operands = new Map<string, Operand>();
  const rest: Evaluated[] = [];
  for (const one of evaluated) {
    const { argument, value } = one;
    const operand = { value, span: argument.value.span };
    const name = argument.name?.text;
    const isLeading = argument.form === 'positional' && rest.length === 0;
    const fills = isTensor(value) || (isUnknown(value) && leading.length < inputs.length);
    if (isLeading && fills) leading.push(operand);
    else if (name && inputs.includes(name)) operands.set(name, operand);
    else rest.push(one);
  }
  const free = inputs.filter((input) => !operands.has(input));
  for (const [index, operand] of leading.entries()) operands.set(free[index] ?? `${index}`, operand);
  return { operands, rest };
}

/** The operands in the order of the inputs; reports when there are too few or too many. */
export function inOrder(
  callee: string,
  span: Span,
  inputs: readonly string[],
  operands: ReadonlyMap<string, Operand>,
  reporter: Reporter,
): readonly Operand[] | undefined {
  const missing = inputs.filter((input) => !operands.has(input));
  if (missing.length === 0 && operands.size === inputs.length) {
    return inputs.map((input) => operands.get(input)!);
  }
  const tensors = (count: number) => `${count} tensor${count === 1 ? '' : 's'}`;
  reporter.report('inputCount', {
    at: span,
    arguments: { callee, expected: tensors(inputs.length), actual: operands.size },
    notes: inputs.length > 1 ? [`its inputs are ${listed(inputs.map((input) => `\`${input}\``))}`] : [],
    help:
      inputs.length > 1
        ? [{ message: `write \`${callee}(${inputs.join(', ')}, …)\` with your tensors` }]
        : [],
  });
  return undefined;
}

/** The tensors that an argument gives to an operation that joins any number: itself, or those of `...list`. */
export function joinedOperands(
  op: string,
  { form, name, span: whole, value: { span } }: ast.Argument,
  value: Value,
  reporter: Reporter,
): readonly Operand[] {
  const tensor = (item: Value): Operand => ({
    value: tensorOrPoison({ value: item, span }, `\`${op}\``, reporter),
    span,
  });
  if (form === 'named') {
    reporter.report('unknownArgument', {
      at: name!.span,
      arguments: { callee: op, name: name!.text },
      notes: [`\`${op}\` takes tensors`],
    });
    return [{ value: poison, span }];
  }
  if (form === 'positional') return [tensor(value)];
  if (value.kind === 'list') return value.items.map(tensor);
  const type = typeOf(value);
  if (type?.kind === 'list' && (type.element.kind === 'tensor' || type.element.kind === 'any')) {
    return [{ value: unknownTensor, span }];
  }
  if (value.kind !== 'poison') {
    reporter.report('typeMismatch', {
      at: whole,
      arguments: { what: '`...`', expected: 'a list of tensors', actual: describe(value) },
    });
  }
  return [{ value: poison, span }];
}
