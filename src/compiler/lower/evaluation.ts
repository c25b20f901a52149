import { listed } from '../diagnostics/listing.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { operation } from '../ir/operations.ts';
import {
  applicationOf,
  type Evaluated,
  inputsOf,
  isJoining,
  partialOf,
  withArguments,
} from '../semantics/names/application.ts';
import { lookup, Scope } from '../semantics/names/scope.ts';
import type { Reporter } from '../semantics/program/program.ts';
import { describe } from '../semantics/values/describe.ts';
import { arithmetic, evaluateConstant, negated } from '../semantics/values/evaluate.ts';
import type { Evaluation } from '../semantics/values/evaluation.ts';
import { listFunctions, listOfRange } from '../semantics/values/list-functions.ts';
import {
  type AppliedOperation,
  calleeName as calleeNameOf,
  isTensor,
  isUnknown,
  type Layer,
  numeric,
  type OperationApplication,
  type PartialApplication,
  poison,
  typeOf,
  unknown,
  type Value,
} from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import {
  feedBlock,
  feedLayer,
  feedOperation,
  inputsOfApplication,
  type Operand,
  takeOne,
  tensorOrPoison,
  unknownTensor,
} from './feeding.ts';
import type { Frame } from './frame.ts';
import { calleeName, Site } from './naming.ts';

/**
 * Evaluates the expressions of one statement in the body of a block or network. Without a builder nothing is made:
 * tensors stay unknown, and only names, arguments and types are checked.
 */
export class StatementEvaluation implements Evaluation {
  readonly reporter: Reporter;
  readonly #frame: Frame;
  readonly #scope: Scope;
  readonly #site: Site;

  constructor(frame: Frame, scope: Scope, site: Site) {
    this.reporter = frame.reporter;
    this.#frame = frame;
    this.#scope = scope;
    this.#site = site;
  }

  lookup(name: ast.Name): Value {
    return lookup(name, this.#scope, 'value', this.reporter);
  }

  evaluate(expression: ast.Expression): Value {
    switch (expression.kind) {
      case 'pipe': {
        const value = this.evaluate(expression.value);
        return this.apply({ value, span: expression.value.span }, expression.applied);
      }
      case 'call':
        return this.#call(expression);
      case 'member':
        return this.#member(expression);
      case 'binary':
        return this.#binary(expression);
      case 'negation':
        return this.#negation(expression);
      default:
        return evaluateConstant(expression, this);
    }
  }

  /** The argument that decides a value: the given one, or the one further out that it only hands on. */
  #decided({ value, span }: ast.Argument): Span {
    return (value.kind === 'reference' ? this.#scope.decided(value.name.text) : undefined) ?? span;
  }

  /** The layer that a `layer` statement owns: a call that is fed later. */
  layer(path: string, expression: ast.Expression): Value {
    if (expression.kind !== 'call') {
      if (expression.kind !== 'hole') {
        this.reporter.report('notALayer', {
          at: expression.span,
          arguments: { what: 'this' },
          notes: ['a `layer` is one operation or block with its arguments, such as `layer near = conv(8)`'],
        });
      }
      return poison;
    }
    const callee = this.#callee(expression.callee);
    const evaluated = this.#evaluated(expression);
    const partial = partialOf(callee);
    if (!partial) return this.#reportNoCallee(expression, callee);
    const complete = this.#withArguments(partial, expression, evaluated, true);
    return complete
      ? { kind: 'layer', layer: { path, application: applicationOf(complete, expression.span) } }
      : poison;
  }

  /** `operand |> applied` */
  apply(operand: Operand, applied: ast.Expression): Value {
    switch (applied.kind) {
      case 'hole':
        return poison;
      case 'repeat':
        return this.#repeat(operand, applied);
      case 'call':
        return this.#call(applied, operand);
      default:
        return this.#applyBare(operand, applied);
    }
  }

  /** A bare name reuses a layer. */
  #applyBare(operand: Operand, applied: ast.Expression): Value {
    const callee = applied.kind === 'reference' ? this.#callee(applied) : this.evaluate(applied);
    if (callee.kind === 'poison') return poison;
    if (callee.kind === 'layer') return this.#feedLayer(callee.layer, [operand], applied.span);
    const makesLayers = callee.kind === 'function' || typeOf(callee)?.kind === 'block';
    if (makesLayers && applied.kind === 'reference') {
      this.reporter.report('missingParentheses', {
        at: applied.span,
        arguments: { name: applied.name.text },
        notes: ['parentheses create a layer; a bare name reuses one that a `layer` statement owns'],
        help: [
          {
            message: `write \`${applied.name.text}()\``,
            fix: 'parentheses',
            edits: [{ span: { ...applied.span, start: applied.span.end }, text: '()' }],
          },
        ],
      });
    } else {
      this.reporter.report('notALayer', { at: applied.span, arguments: { what: describe(callee) } });
    }
    return poison;
  }

  /**
   * `f(a, b, 8)`, or `a |> f(b, 8)` with what is fed to it: tensors come first, then arguments. With all its tensors a
   * call makes a layer that is used just here; without any it is an operation or block that waits for them.
   */
  #call(call: ast.Call, fed?: Operand): Value {
    const name = calleeName(call);
    if (fed === undefined && call.callee.kind === 'reference' && name! in listFunctions) {
      return evaluateConstant(call, this);
    }
    const callee = this.#callee(call.callee);
    const first = fed === undefined ? [] : [fed];
    if (callee.kind === 'function' && isJoining(callee.name)) return this.#join(callee.name, call, first);
    const evaluated = this.#evaluated(call);
    if (callee.kind === 'poison' || fed?.value.kind === 'poison') return poison;
    if (callee.kind === 'layer') return this.#callLayer(call, callee.layer, first, evaluated);
    if (isUnknown(callee) || (callee.kind === 'unknown' && callee.type.kind === 'block')) {
      return this.#callUnknown(call, first, evaluated);
    }
    if (callee.kind === 'function' && callee.name in listFunctions) {
      this.reporter.report('notALayer', {
        at: call.callee.span,
        arguments: { what: `\`${callee.name}\`` },
        help: [{ message: takeOne }],
      });
      return poison;
    }
    const partial = partialOf(callee);
    if (!partial) return this.#reportNoCallee(call, callee);
    const inputs = inputsOf(partial);
    const { operands, rest } = dealt(inputs, first, evaluated);
    if (operands.size === 0) {
      const waiting = this.#withArguments(partial, call, rest, false);
      if (partial.callee.kind === 'block') this.#site.leaveOut(name ?? calleeNameOf(partial.callee));
      return waiting ? { kind: 'partial', partial: waiting } : poison;
    }
    const complete = this.#withArguments(partial, call, rest, true);
    const given = this.#inOrder(calleeNameOf(partial.callee), call.span, inputs, operands);
    if (!complete || !given) return poison;
    const applied = applicationOf(complete, call.span);
    if (applied.kind === 'operation') return feedOperation(applied, given, this.#site.path, this.#frame);
    const path = () => this.#site.next(name ?? calleeNameOf(partial.callee));
    return feedBlock(applied, given, path, this.#frame);
  }

  /** `near(a, b)` or `a |> near(b)`: the layer is there already, so that only tensors can be given. */
  #callLayer(
    call: ast.Call,
    layer: Layer,
    first: readonly Operand[],
    evaluated: readonly Evaluated[],
  ): Value {
    const inputs = inputsOfApplication(layer.application);
    const { operands, rest } = dealt(inputs, first, evaluated);
    if (evaluated.length > 0 && rest.length === 0) {
      const given = this.#inOrder(calleeName(call) ?? 'this', call.span, inputs, operands);
      return given ? feedLayer(layer, given, call.span, this.#frame) : poison;
    }
    const name = calleeName(call) ?? 'this';
    this.reporter.report('needlessParentheses', {
      at: call.span,
      arguments: { name },
      notes: ['parentheses create a layer; a bare name reuses one'],
      help: [{ message: `write \`${name}\``, fix: 'bareName', edits: [{ span: call.span, text: name }] }],
    });
    return poison;
  }

  /** A block that is not known yet: what it makes is not known either. */
  #callUnknown(call: ast.Call, first: readonly Operand[], evaluated: readonly Evaluated[]): Value {
    const what = `\`${calleeName(call) ?? 'a block'}\``;
    const fed = first.map((operand) => tensorOrPoison(operand, what, this.reporter));
    if (fed.some(({ kind }) => kind === 'poison')) return poison;
    const isFed = fed.length > 0 || evaluated.some(({ value }) => isTensor(value) || isUnknown(value));
    return isFed ? unknown : { kind: 'unknown', type: { kind: 'block' } };
  }

  #feedLayer(layer: Layer, operands: readonly Operand[], span: Span): Value {
    const inputs = inputsOfApplication(layer.application);
    const named = new Map(operands.map((operand, index) => [inputs[index] ?? String(index), operand]));
    const given = this.#inOrder(layer.path.replace(/.*\//, ''), span, inputs, named);
    return given ? feedLayer(layer, given, span, this.#frame) : poison;
  }

  /** The operands in the order of the inputs; reports when there are too few or too many. */
  #inOrder(
    callee: string,
    span: Span,
    inputs: readonly string[],
    operands: ReadonlyMap<string, Operand>,
  ): readonly Operand[] | undefined {
    const missing = inputs.filter((input) => !operands.has(input));
    if (missing.length === 0 && operands.size === inputs.length) {
      return inputs.map((input) => operands.get(input)!);
    }
    const tensors = (count: number) => `${count} tensor${count === 1 ? '' : 's'}`;
    this.reporter.report('inputCount', {
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

  /** Arguments are evaluated in the order written, also those of a call that turns out to be wrong. */
  #evaluated(call: ast.Call): readonly Evaluated[] {
    return call.arguments.map((argument) => ({
      argument,
      value: this.evaluate(argument.value),
      decided: this.#decided(argument),
    }));
  }

  #withArguments(
    partial: PartialApplication,
    call: ast.Call,
    evaluated: readonly Evaluated[],
    complete: boolean,
  ): PartialApplication | undefined {
    const { signatures } = this.#frame.elaboration;
    return withArguments(partial, call.span, evaluated, signatures, this.reporter, complete);
  }

  #reportNoCallee(call: ast.Call, callee: Value): Value {
    if (callee.kind !== 'poison') {
      this.reporter.report('notALayer', { at: call.callee.span, arguments: { what: describe(callee) } });
    }
    return poison;
  }

  #callee(expression: ast.Expression): Value {
    if (expression.kind !== 'reference') return this.evaluate(expression);
    return lookup(expression.name, this.#scope, 'callee', this.reporter);
  }

  #tensorOrPoison(operand: Operand, what: string): Value {
    return tensorOrPoison(operand, `\`${what}\``, this.reporter);
  }

  /** `concat(a, ...list)`; a single operand is left as it is. */
  #join(name: string, call: ast.Call, first: readonly Operand[]): Value {
    const op = name as AppliedOperation;
    const operands = [...first, ...call.arguments.flatMap((argument) => this.#operands(op, argument))];
    if (operands.some(({ value }) => value.kind === 'poison')) return poison;
    if (operands.some(({ value }) => value.kind === 'unknown')) return unknownTensor;
    const wanted = operation(op).operands === 'two' ? 2 : 1;
    if (operands.length < wanted) {
      this.reporter.report('emptyList', { at: call.span, arguments: { function: op } });
      return poison;
    }
    if (wanted === 2 && operands.length > 2) {
      this.reporter.report('tooManyArguments', {
        at: call.span,
        arguments: { callee: op, count: 'exactly two tensors' },
      });
      return poison;
    }
    if (operands.length === 1) return operands[0]!.value;
    return feedOperation(bare(op, call.span), operands, this.#site.path, this.#frame);
  }

  #operands(op: string, argument: ast.Argument): readonly Operand[] {
    const value = this.evaluate(argument.value);
    const { span } = argument.value;
    if (argument.form === 'named') {
      this.reporter.report('unknownArgument', {
        at: argument.name!.span,
        arguments: { callee: op, name: argument.name!.text },
        notes: [`\`${op}\` takes tensors`],
      });
      return [{ value: poison, span }];
    }
    if (argument.form === 'positional') return [{ value: this.#tensorOrPoison({ value, span }, op), span }];
    if (value.kind === 'list') {
      return value.items.map((item) => ({ value: this.#tensorOrPoison({ value: item, span }, op), span }));
    }
    const type = typeOf(value);
    if (type?.kind === 'list' && (type.element.kind === 'tensor' || type.element.kind === 'any')) {
      return [{ value: unknownTensor, span }];
    }
    if (value.kind !== 'poison') {
      this.reporter.report('typeMismatch', {
        at: argument.span,
        arguments: { what: '`...`', expected: 'a list of tensors', actual: describe(value) },
      });
    }
    return [{ value: poison, span }];
  }

  #repeat(operand: Operand, repeat: ast.Repeat): Value {
    const over = this.#repeatedOver(repeat);
    const start = this.#tensorOrPoison(operand, repeat.mode);
    if (over.kind === 'poison') return poison;
    const type = isUnknown(over) ? unknownList : typeOf(over);
    if (type?.kind !== 'list') {
      this.reporter.report('typeMismatch', {
        at: repeat.over.span,
        arguments: { what: `\`${repeat.mode}\``, expected: 'a list', actual: describe(over) },
      });
      return poison;
    }
    const path = this.#site.next(repeat.mode);
    const isKnown = over.kind === 'list';
    const steps = isKnown ? over.items : [{ kind: 'unknown', type: type.element } as const];
    const results: Value[] = [];
    for (const [index, step] of steps.entries()) {
      const scope = new Scope(this.#scope);
      if (!this.#bindVariables(repeat, step, scope)) return poison;
      const evaluation = new StatementEvaluation(
        this.#frame,
        scope,
        Site.binding(`${path}.${index}`, ...repeat.body),
      );
      let { value, span }: Operand = { value: start, span: operand.span };
      if (repeat.mode === 'serial' && index > 0)
        ({ value, span } = { value: results.at(-1)!, span: repeat.span });
      for (const applied of repeat.body) {
        value = evaluation.apply({ value, span }, applied);
        span = applied.span;
      }
      results.push(value);
    }
    if (results.some((result) => result.kind === 'poison') || start.kind === 'poison') return poison;
    return isKnown
      ? { kind: 'list', items: results }
      : { kind: 'unknown', type: { kind: 'list', element: typeOf(results[0]!) ?? any, length: undefined } };
  }

  /** What a repeat runs over: a list, or the whole numbers of a range, of which there may be none: `1 .. depth - 1`. */
  #repeatedOver({ over }: ast.Repeat): Value {
    if (over.kind !== 'range' || over.step) {
      const value = this.evaluate(over);
      return listOfRange(value) ?? value;
    }
    const [low, high] = [this.evaluate(over.low), this.evaluate(over.high)];
    if (low.kind === 'poison' || high.kind === 'poison') return poison;
    const [from, to] = [numeric(low), numeric(high)];
    if (from !== undefined && to === from - 1) return { kind: 'list', items: [] };
    const isInt = [low, high].every((end) => isUnknown(end) || typeOf(end)?.kind === 'int');
    if (isInt && (from === undefined || to === undefined)) {
      return { kind: 'unknown', type: { kind: 'list', element: { kind: 'int' }, length: undefined } };
    }
    const value = this.evaluate(over);
    return listOfRange(value) ?? value;
  }

  /** Gives the variables of a repeat their values in one step; reports an item that has not as many parts. */
  #bindVariables({ variables, over }: ast.Repeat, step: Value, scope: Scope): boolean {
    const [only, ...others] = variables as [ast.Name, ...ast.Name[]];
    if (others.length === 0) {
      scope.set(only.text, step, only.span);
      return true;
    }
    const type = typeOf(step);
    const parts = isUnknown(step) ? undefined : type?.kind === 'list' ? type.length : 1;
    if (parts !== undefined && parts !== variables.length) {
      this.reporter.report('listLength', {
        at: over.span,
        arguments: { what: 'each item', expected: variables.length, actual: parts },
        secondary: [{ span: { ...only.span, end: others.at(-1)!.span.end }, text: 'named here' }],
      });
      return false;
    }
    for (const [index, name] of variables.entries()) {
      const element = type?.kind === 'list' ? type.element : any;
      const value: Value = step.kind === 'list' ? step.items[index]! : { kind: 'unknown', type: element };
      scope.set(name.text, value, name.span);
    }
    return true;
  }

  #member(expression: ast.Member): Value {
    const of = this.evaluate(expression.of);
    if (of.kind === 'poison' || expression.name.text === '') return poison;
    if (isUnknown(of)) return unknown;
    const members = of.kind === 'stage' || of.kind === 'outputs' ? of.members : undefined;
    const member = members?.get(expression.name.text);
    if (member) return member;
    this.reporter.report('unknownMember', {
      at: expression.name.span,
      arguments: {
        of:
          of.kind === 'stage' ? of.name : of.kind === 'outputs' ? of.block : describe(of).replaceAll('`', ''),
        name: expression.name.text,
      },
      help: didYouMean(expression.name.span, expression.name.text, members?.keys() ?? []),
    });
    return poison;
  }

  #binary(expression: ast.Binary): Value {
    const left = this.evaluate(expression.left);
    const right = this.evaluate(expression.right);
    if (left.kind === 'poison' || right.kind === 'poison') return poison;
    const operands = [
      { value: left, span: expression.left.span },
      { value: right, span: expression.right.span },
    ] as const;
    if (isTensor(left) && isTensor(right)) return this.#meeting(expression, operands);
    if (isTensor(left) || isTensor(right)) {
      const changed = changeByNumber(expression, left, right);
      if (changed) {
        const tensor = [operands[isTensor(left) ? 0 : 1]];
        return feedOperation(changed, tensor, this.#site.path, this.#frame);
      }
    }
    return arithmetic(expression, left, right, this.reporter);
  }

  /** Two tensors joined value by value. */
  #meeting(expression: ast.Binary, operands: readonly Operand[]): Value {
    const op = meetings[expression.operator];
    const [left, right] = operands.map(({ value }) => value) as [Value, Value];
    if (op === undefined) return arithmetic(expression, left, right, this.reporter);
    return feedOperation(bare(op, expression.span), operands, this.#site.path, this.#frame);
  }

  /** `-x` */
  #negation(expression: ast.Negation): Value {
    const value = this.evaluate(expression.value);
    if (!isTensor(value)) return negated(expression, value, this.reporter);
    const minus = { ...bare('affine', expression.span), arguments: { factor: -1 } };
    const operand = { value, span: expression.value.span };
    return feedOperation(minus, [operand], this.#site.path, this.#frame);
  }
}

/** The tensors of a call by input, and the arguments that are left: leading positional ones, and those named so. */
function dealt(
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

/** What an operator with a number on one side does to a tensor; undefined for what it cannot do, such as `2 / x`. */
function changeByNumber(
  { operator, span }: ast.Binary,
  left: Value,
  right: Value,
): OperationApplication | undefined {
  const reversed = isTensor(right);
  const constant = reversed ? left : right;
  const isNumber = ['int', 'real'].includes(typeOf(constant)?.kind ?? '');
  if (!isNumber || (operator === '/' && reversed)) return undefined;
  // While bodies are only checked, numbers may be unknown; 0 is no divisor.
  const number = numeric(constant) ?? 1;
  if (operator === '/' && number === 0) return undefined;
  const changes: Partial<Record<ast.Binary['operator'], OperationApplication['arguments']>> = {
    '+': { shift: number },
    '-': reversed ? { factor: -1, shift: number } : { shift: -number },
    '*': { factor: number },
    '/': { factor: 1 / number },
  };
  const change = changes[operator];
  return change && { ...bare('affine', span), arguments: change };
}

/** The operations that join two tensors, by their signs. */
const meetings: Partial<Record<ast.Binary['operator'], 'add' | 'subtract' | 'multiply'>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
};

const any = { kind: 'any' } as const;
const unknownList = { kind: 'list', element: any, length: undefined } as const;

/** An operation without arguments besides its tensors. */
function bare(op: OperationApplication['op'], span: Span): OperationApplication {
  return { kind: 'operation', op, arguments: {}, places: new Map(), span };
}
