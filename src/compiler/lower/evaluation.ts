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
import { listFunctions } from '../semantics/values/list-functions.ts';
import { anyType } from '../semantics/values/types.ts';
import {
  type AppliedOperation,
  calleeName as calleeNameOf,
  isTensor,
  isUnknown,
  type Layer,
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
import { dealt, inOrder, joinedOperands } from './inputs.ts';
import { calleeName, Site } from './naming.ts';
import { affine, appliedByOperator, bare } from './operators.ts';
import { bindVariables, repeatedOver } from './repeats.ts';

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
    const given = inOrder(calleeNameOf(partial.callee), call.span, inputs, operands, this.reporter);
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
      const given = inOrder(calleeName(call) ?? 'this', call.span, inputs, operands, this.reporter);
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
    const given = inOrder(layer.path.replace(/.*\//, ''), span, inputs, named, this.reporter);
    return given ? feedLayer(layer, given, span, this.#frame) : poison;
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
    const operands = [
      ...first,
      ...call.arguments.flatMap((argument) =>
        joinedOperands(op, argument, this.evaluate(argument.value), this.reporter),
      ),
    ];
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

  #repeat(operand: Operand, repeat: ast.Repeat): Value {
    const over = repeatedOver(repeat.over, (end) => this.evaluate(end));
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
      if (!bindVariables(repeat, step, scope, this.reporter)) return poison;
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
      : {
          kind: 'unknown',
          type: { kind: 'list', element: typeOf(results[0]!) ?? anyType, length: undefined },
        };
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
    const applied = appliedByOperator(expression, left, right);
    if (applied === undefined) return arithmetic(expression, left, right, this.reporter);
    const operands = [
      { value: left, span: expression.left.span },
      { value: right, span: expression.right.span },
    ].filter(({ value }) => isTensor(value));
    return feedOperation(applied, operands, this.#site.path, this.#frame);
  }

  /** `-x` */
  #negation(expression: ast.Negation): Value {
    const value = this.evaluate(expression.value);
    if (!isTensor(value)) return negated(expression, value, this.reporter);
    const operand = { value, span: expression.value.span };
    return feedOperation(affine({ factor: -1 }, expression.span), [operand], this.#site.path, this.#frame);
  }
}

const unknownList = { kind: 'list', element: anyType, length: undefined } as const;
