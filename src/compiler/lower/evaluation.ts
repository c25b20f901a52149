import { didYouMean } from '../diagnostics/suggest.ts';
import { isProblem } from '../ir/operations/entry.ts';
import { completeAttributes, operation } from '../ir/operations.ts';
import { lookup, Scope } from '../semantics/names/scope.ts';
import type { Reporter } from '../semantics/program/program.ts';
import { arithmetic, describe, evaluateConstant, listFunctions } from '../semantics/values/evaluate.ts';
import type { Type } from '../semantics/values/types.ts';
import {
  isTensor,
  type Layer,
  type OperationApplication,
  poison,
  typeOf,
  type Value,
} from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import type { BodyEvaluation, Frame, TensorOperand } from './frame.ts';
import { application, isJoining } from './layers.ts';
import { calleeName, join, PathTable, Site } from './naming.ts';
import { reportProblem } from './problems.ts';

/** A value with the place where it was written. */
export interface Operand {
  readonly value: Value;
  readonly span: Span;
}

const tensor: Type = { kind: 'tensor' };
const unknownTensor: Value = { kind: 'unknown', type: tensor };

/**
 * Evaluates the expressions of one statement in the body of a block or network. Without a builder nothing is made:
 * tensors stay unknown, and only names, arguments and types are checked.
 */
export class StatementEvaluation implements BodyEvaluation {
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
      default:
        return evaluateConstant(expression, this);
    }
  }

  decided({ value, span }: ast.Argument): Span {
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
    const applied = application(expression, this.#callee(expression.callee), this.#frame.elaboration, this);
    return applied ? { kind: 'layer', layer: { path, application: applied } } : poison;
  }

  /** `operand |> applied` */
  apply(operand: Operand, applied: ast.Expression): Value {
    switch (applied.kind) {
      case 'hole':
        return poison;
      case 'repeat':
        return this.#repeat(operand, applied);
      case 'call':
        return this.#applyCall(operand, applied);
      default:
        return this.#applyBare(operand, applied);
    }
  }

  /** A bare name reuses a layer. */
  #applyBare(operand: Operand, applied: ast.Expression): Value {
    const callee = applied.kind === 'reference' ? this.#callee(applied) : this.evaluate(applied);
    if (callee.kind === 'poison') return poison;
    if (callee.kind === 'layer') return this.#applyLayer(operand, callee.layer, applied.span);
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

  /** Parentheses create a layer, which is used just here. */
  #applyCall(operand: Operand, call: ast.Call): Value {
    const callee = this.#callee(call.callee);
    if (callee.kind === 'function' && isJoining(callee.name)) {
      return this.#join(callee.name, call, [operand]);
    }
    if (callee.kind === 'function' && callee.name in listFunctions) {
      this.reporter.report('notALayer', {
        at: call.callee.span,
        arguments: { what: `\`${callee.name}\`` },
        help: [{ message: takeOne }],
      });
      return poison;
    }
    if (callee.kind === 'layer') {
      const name = calleeName(call) ?? 'this';
      this.reporter.report('needlessParentheses', {
        at: call.span,
        arguments: { name },
        notes: ['parentheses create a layer; a bare name reuses one'],
        help: [{ message: `write \`${name}\``, fix: 'bareName', edits: [{ span: call.span, text: name }] }],
      });
      return poison;
    }
    if (typeOf(callee)?.kind === 'block' && callee.kind === 'unknown') {
      for (const argument of call.arguments) this.evaluate(argument.value);
      return this.#tensorOrPoison(operand, calleeName(call) ?? 'a block');
    }
    const applied = application(call, callee, this.#frame.elaboration, this);
    if (!applied) return poison;
    if (applied.kind === 'operation') return this.#applyOperation(operand, applied, this.#site.path);
    const value = this.#tensorOrPoison(operand, applied.block.declaration.name.text);
    if (value.kind !== 'tensor') return value;
    const path = this.#site.next(calleeName(call)!);
    const { elaboration } = this.#frame;
    return elaboration.instantiate(applied, { node: value.node, span: operand.span }, path, this.#frame);
  }

  /** Each use of a shared layer names its weights anew from the layer's path, and so finds the same ones. */
  #applyLayer(operand: Operand, { path, application: applied }: Layer, span: Span): Value {
    const frame = { ...this.#frame, layers: new PathTable() };
    if (applied.kind === 'operation') {
      return new StatementEvaluation(frame, this.#scope, this.#site).#applyOperation(
        operand,
        { ...applied, span },
        path,
      );
    }
    const value = this.#tensorOrPoison(operand, applied.block.declaration.name.text);
    if (value.kind !== 'tensor') return value;
    return frame.elaboration.instantiate(
      { ...applied, span },
      { node: value.node, span: operand.span },
      path,
      frame,
    );
  }

  #applyOperation(operand: Operand, applied: OperationApplication, path: string): Value {
    const value = this.#tensorOrPoison(operand, applied.op);
    if (value.kind !== 'tensor') return value;
    return this.#make(applied, [{ node: value.node, span: operand.span }], path);
  }

  #make(
    { op, arguments: given, places, span }: OperationApplication,
    operands: readonly TensorOperand[],
    path: string,
  ): Value {
    const { elaboration, layers, within } = this.#frame;
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
    reportProblem(result, { call: span, operands, arguments: places }, builder.nodes, this.reporter);
    return poison;
  }

  #callee(expression: ast.Expression): Value {
    if (expression.kind !== 'reference') return this.evaluate(expression);
    return lookup(expression.name, this.#scope, 'callee', this.reporter);
  }

  #tensorOrPoison(operand: Operand, what: string): Value {
    if (isTensor(operand.value)) return operand.value;
    if (operand.value.kind !== 'poison') {
      this.reporter.report('typeMismatch', {
        at: operand.span,
        arguments: { what: `\`${what}\``, expected: 'a tensor', actual: describe(operand.value) },
        help: typeOf(operand.value)?.kind === 'list' ? [{ message: takeOne }] : [],
      });
    }
    return poison;
  }

  #call(call: ast.Call): Value {
    const name = calleeName(call);
    if (name !== undefined && name in listFunctions) return evaluateConstant(call, this);
    const callee = this.#callee(call.callee);
    if (callee.kind === 'function' && isJoining(callee.name)) return this.#join(callee.name, call, []);
    for (const argument of call.arguments) this.evaluate(argument.value);
    if (callee.kind === 'poison') return poison;
    if (callee.kind === 'function' || typeOf(callee)?.kind === 'block') {
      this.reporter.report('notApplied', {
        at: call.span,
        arguments: { callee: name ?? 'this' },
        help: [{ message: `feed it a tensor, as in \`x |> ${name}(…)\`, or own it with \`layer\`` }],
      });
    } else {
      this.reporter.report('notALayer', { at: call.callee.span, arguments: { what: describe(callee) } });
    }
    return poison;
  }

  /** `concat(a, ...list)`; a single operand is left as it is. */
  #join(name: string, call: ast.Call, first: readonly Operand[]): Value {
    const op = name as 'concat' | 'max_unpool' | 'add' | 'multiply';
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
    const tensors = operands.map(({ value, span }) => ({
      node: (value as Value & { kind: 'tensor' }).node,
      span,
    }));
    return this.#make(bare(op, call.span), tensors, this.#site.path);
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
    const over = this.evaluate(repeat.over);
    const start = this.#tensorOrPoison(operand, repeat.mode);
    if (over.kind === 'poison') return poison;
    const type = typeOf(over);
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
      scope.set(repeat.variable.text, step, repeat.variable.span);
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
      : { kind: 'unknown', type: { kind: 'list', element: tensor, length: undefined } };
  }

  #member(expression: ast.Member): Value {
    const of = this.evaluate(expression.of);
    if (of.kind === 'poison' || expression.name.text === '') return poison;
    const member = of.kind === 'stage' ? of.members.get(expression.name.text) : undefined;
    if (member) return member;
    this.reporter.report('unknownMember', {
      at: expression.name.span,
      arguments: {
        of: of.kind === 'stage' ? of.name : describe(of).replaceAll('`', ''),
        name: expression.name.text,
      },
      help: didYouMean(
        expression.name.span,
        expression.name.text,
        of.kind === 'stage' ? of.members.keys() : [],
      ),
    });
    return poison;
  }

  #binary(expression: ast.Binary): Value {
    const left = this.evaluate(expression.left);
    const right = this.evaluate(expression.right);
    if (left.kind === 'poison' || right.kind === 'poison') return poison;
    const op = expression.operator === '+' ? 'add' : expression.operator === '*' ? 'multiply' : undefined;
    if (!op || !isTensor(left) || !isTensor(right)) return arithmetic(expression, left, right, this.reporter);
    if (left.kind !== 'tensor' || right.kind !== 'tensor') return unknownTensor;
    const operands = [
      { node: left.node, span: expression.left.span },
      { node: right.node, span: expression.right.span },
    ];
    return this.#make(bare(op, expression.span), operands, this.#site.path);
  }
}

/** What to do with a list where a tensor is wanted. */
export const takeOne =
  'name the list with `let`, then take one of its tensors with `last(list)` or `list[0]`, or join them with `concat(...list)`';

/** An operation without arguments besides its tensors. */
function bare(op: OperationApplication['op'], span: Span): OperationApplication {
  return { kind: 'operation', op, arguments: {}, places: new Map(), span };
}
