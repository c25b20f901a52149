import { alternatives, didYouMean } from '../../../diagnostics/suggest.ts';
import { operations } from '../../../ir/operations.ts';
import {
  type FormulaBinary,
  FormulaBuilder,
  type LossAxis,
  type LossFormula,
  lossAxes,
  reads,
} from '../../../plan/loss/formula.ts';
import type { Span } from '../../../source/span.ts';
import type * as ast from '../../../syntax/ast.ts';
import { lookup, moduleScope, Scope } from '../../names/scope.ts';
import type { Declared, Reporter } from '../../program/program.ts';
import { describe } from '../../values/describe.ts';
import { arithmetic, evaluateConstant, negated } from '../../values/evaluate.ts';
import type { Evaluation } from '../../values/evaluation.ts';
import { listFunctions } from '../../values/list-functions.ts';
import { formatValue, numeric, poison, typeOf, type Value } from '../../values/values.ts';

/** The functions of a loss's body, with what each gives. */
export const lossFunctions = {
  sum: 'the sum over the classes, the pixels and the images; `per = [image, class]` has one for each of these',
  mean: 'the mean, as `sum` has the sum',
  log: 'the natural logarithm',
  exp: 'the exponential',
  sqrt: 'the root',
  abs: 'the value without its sign',
  max: 'the larger of two values, one by one',
  min: 'the smaller of two values, one by one',
  foreground: 'the value without the first class of a softmax, the background; of a sigmoid all classes',
} as const;

type LossFunction = keyof typeof lossFunctions;

/** What a loss's body is about, with what each is. */
export const lossInputs = {
  head: 'the probabilities of the head; of a value its numbers, in scales of their attribute',
  truth: 'the truth, 0 or 1; of a value its true number, in the same scale',
  distance: 'of masks: pixels to the border of the truth, negative inside it',
} as const;

/** Names that mean something in every body of a loss. */
export const lossNames: readonly string[] = [
  ...Object.keys(lossFunctions),
  ...Object.keys(listFunctions),
  ...Object.keys(lossInputs),
];

const functionNames = lossNames.filter((name) => !Object.hasOwn(lossInputs, name));

type Term = Extract<Value, { readonly kind: 'term' }>;

/** The names that a loss's body sees beside its parameters. */
export function lossScope({ module }: Declared<ast.Loss>): Scope {
  return moduleScope(module, functionNames);
}

/**
 * What a declared loss computes, with the values of its parameters; undefined where a mistake was reported. With unknown
 * values the body is only checked, and what comes out is of no use.
 */
export function runLoss(
  { declaration }: Declared<ast.Loss>,
  parameters: Scope,
  reporter: Reporter,
): LossFormula | undefined {
  let sound = true;
  const watching: Reporter = {
    report: (name, details) => {
      sound = false;
      reporter.report(name, details);
    },
  };
  const body = new LossBody(declaration, new Scope(parameters), watching);
  const formula = body.run();
  return sound ? formula : undefined;
}

class LossBody implements Evaluation {
  readonly reporter: Reporter;
  readonly #loss: ast.Loss;
  readonly #scope: Scope;
  readonly #b = new FormulaBuilder();
  /** Of a value head: engines hold its number as the one class of an image. */
  readonly #isValue: boolean;

  constructor(loss: ast.Loss, scope: Scope, reporter: Reporter) {
    this.#loss = loss;
    this.#scope = scope;
    this.reporter = reporter;
    const kind = loss.headKind.text;
    const isMask = kind === 'mask';
    this.#isValue = kind === 'value';
    const axes: readonly LossAxis[] = isMask ? lossAxes : this.#isValue ? ['image'] : ['image', 'class'];
    const classes = this.#isValue ? undefined : 'all';
    for (const name of ['head', 'truth', ...(isMask ? (['distance'] as const) : [])] as const) {
      scope.set(name, { kind: 'term', step: this.#b.input(name), axes, classes });
    }
  }

  run(): LossFormula | undefined {
    let formula: LossFormula | undefined;
    const { statements } = this.#loss.body;
    for (const { name } of statements) if (name) this.#scope.announce(name.text, name.span);
    for (const statement of statements) {
      if (statement.kind !== 'let' && statement.kind !== 'output') continue;
      const value = this.evaluate(statement.value);
      if (statement.shape) this.#report(statement.shape.span, 'the values of a loss have no shape to state');
      if (statement.kind === 'let') this.#declare(statement.name, value);
      else formula = this.#output(value, statement.value.span);
    }
    return formula;
  }

  lookup(name: ast.Name): Value {
    return lookup(name, this.#scope, 'value', this.reporter);
  }

  evaluate(expression: ast.Expression): Value {
    switch (expression.kind) {
      case 'binary':
        return this.#binary(expression);
      case 'negation': {
        const value = this.evaluate(expression.value);
        const term = isNumber(value) ? undefined : this.#term(value, undefined);
        if (term === undefined) return negated(expression, value, this.reporter);
        return { ...term, step: this.#b.negate(term.step) };
      }
      case 'call':
        return this.#call(expression);
      case 'pipe':
        return this.#report(expression.span, '`|>` applies layers, and a loss has none');
      default:
        return evaluateConstant(expression, this);
    }
  }

  #declare(name: ast.Name, value: Value): void {
    const taken = lossNames.includes(name.text);
    if (taken) {
      this.reporter.report('takenName', {
        at: name.span,
        arguments: { name: name.text, what: name.text in lossInputs ? 'what a loss is of' : 'a function' },
      });
      this.#scope.set(name.text, poison, name.span);
    } else if (this.#scope.owns(name.text)) {
      const first = this.#scope.place(name.text);
      this.reporter.report('duplicateName', {
        at: name.span,
        arguments: { name: name.text },
        secondary: first ? [{ span: first, text: 'first declared here' }] : [],
      });
    } else this.#scope.set(name.text, value, name.span);
  }

  #output(value: Value, at: Span): LossFormula | undefined {
    if (value.kind === 'poison' || value.kind === 'unknown') return undefined;
    const name = this.#loss.name.text;
    if (value.kind !== 'term') {
      this.#report(at, `the loss \`${name}\` is ${describe(value)}, whatever the head says`);
      return undefined;
    }
    if (value.axes.length > 0) {
      this.reporter.report('lossAxes', {
        at,
        arguments: { name, axes: alternatives(value.axes, 'and').replaceAll('`', '') },
        notes: ['a loss is one number for a batch'],
        help: [{ message: 'put `mean(…)` around it' }],
      });
      return undefined;
    }
    // Nothing else may end a formula.
    const end = this.#b.steps.length - 1;
    const step = value.step === end ? end : this.#b.add(value.step, this.#b.number(0));
    if (!reads(this.#b.steps, 'head')) {
      this.#report(at, `the loss \`${name}\` does not depend on \`head\`, so nothing can be learned by it`);
    }
    return this.#b.steps.slice(0, step + 1);
  }

  #binary(expression: ast.Binary): Value {
    const left = this.evaluate(expression.left);
    const right = this.evaluate(expression.right);
    if (left.kind === 'poison' || right.kind === 'poison') return poison;
    if (left.kind !== 'term' && right.kind !== 'term') {
      return arithmetic(expression, left, right, this.reporter);
    }
    const { operator } = expression;
    if (operator === '**' && left.kind === 'term' && isNumber(right)) {
      const exponent = numeric(right) ?? 2;
      if (exponent !== 0) return { ...left, step: this.#b.power(left.step, exponent) };
    }
    const op = joins[operator];
    if (op !== undefined) {
      const joined = this.#join(op, left, right, expression.span);
      if (joined) return joined;
    }
    this.reporter.report('operandTypes', {
      at: expression.span,
      arguments: { operator, left: describe(left), right: describe(right) },
      notes: operator === '**' ? ['values are raised to a number that is not 0'] : [],
    });
    return poison;
  }

  /** Two values, value by value; undefined where one of them is none. */
  #join(op: FormulaBinary, left: Value, right: Value, at: Span): Value | undefined {
    const classes = [left, right].flatMap((side) => (side.kind === 'term' && side.classes ? [side] : []));
    const [one, other] = classes.map((side) => side.classes!);
    if (one !== undefined && other !== undefined && one !== other) {
      return this.#report(at, 'values of all classes meet values without the background here', [
        'apply `foreground(…)` to both',
      ]);
    }
    const terms = [left, right].map((side) => this.#term(side, one));
    if (terms[0] === undefined || terms[1] === undefined) return undefined;
    const step = this.#b.binary(op, terms[0].step, terms[1].step);
    return termOf(step, [...terms[0].axes, ...terms[1].axes], one ?? terms[0].classes ?? terms[1].classes);
  }

  /** A number is a value without axes, a list of numbers has one for each class; undefined for other values. */
  #term(value: Value, classes: Term['classes']): Term | undefined {
    if (value.kind === 'term') return value;
    if (isNumber(value)) return termOf(this.#b.number(numeric(value) ?? 1), [], undefined);
    const type = typeOf(value);
    if (type?.kind === 'any') return termOf(this.#b.number(1), [], undefined);
    if (this.#isValue || type?.kind !== 'list' || !['int', 'real', 'any'].includes(type.element.kind))
      return undefined;
    const numbers = value.kind === 'list' ? value.items.map((item) => numeric(item) ?? 1) : [1];
    return termOf(this.#b.classNumbers(numbers, classes ?? 'all'), ['class'], classes ?? 'all');
  }

  #call(call: ast.Call): Value {
    const name = call.callee.kind === 'reference' ? call.callee.name.text : '';
    if (!Object.hasOwn(lossFunctions, name)) {
      if (Object.hasOwn(listFunctions, name)) return evaluateConstant(call, this);
      return this.#noFunction(call);
    }
    const given = call.arguments.filter(({ form }) => form === 'positional');
    const others = call.arguments.filter((argument) => !given.includes(argument));
    const pairs = name === 'max' || name === 'min';
    const reduces = name === 'sum' || name === 'mean';
    const values = given.map((argument) => this.evaluate(argument.value));
    if (pairs && values.every(({ kind }) => kind !== 'term')) return evaluateConstant(call, this);
    const misnamed = others.find((argument) => !reduces || argument.name?.text !== 'per');
    if (misnamed || (pairs ? given.length < 2 : given.length !== 1) || others.length > 1) {
      this.reporter.report('tooManyArguments', {
        at: (misnamed ?? call).span,
        arguments: {
          callee: name,
          count: pairs ? 'exactly two values' : `exactly one value${reduces ? ' and `per`' : ''}`,
        },
      });
      return poison;
    }
    if (values.some(({ kind }) => kind === 'poison')) return poison;
    return this.#apply(name as LossFunction, call, values, others[0]?.value);
  }

  #noFunction({ callee, span }: ast.Call): Value {
    if (callee.kind === 'hole') return poison;
    if (callee.kind !== 'reference') return this.#report(span, 'only functions can be called in a loss');
    const { name } = callee;
    const known = Object.keys(lossFunctions);
    if (Object.hasOwn(operations, name.text) || this.#scope.get(name.text)) {
      return this.#report(callee.span, `\`${name.text}\` is no function of a loss, which has no layers`);
    }
    this.reporter.report('unknownName', {
      at: name.span,
      arguments: { kind: 'function', name: name.text },
      notes: [`a loss has ${alternatives(known, 'and')}`],
      help: didYouMean(name.span, name.text, known),
    });
    return poison;
  }

  #apply(name: LossFunction, call: ast.Call, values: readonly Value[], per?: ast.Expression): Value {
    if (name === 'max' || name === 'min') {
      const op = name === 'max' ? 'maximum' : 'minimum';
      const all = values.reduce((left, right) =>
        left.kind === 'poison'
          ? left
          : (this.#join(op, left, right, call.span) ?? this.#wrong(name, call, right)),
      );
      return all;
    }
    const term = this.#term(values[0]!, undefined);
    if (term === undefined) return this.#wrong(name, call, values[0]!);
    const b = this.#b;
    switch (name) {
      case 'log':
        return { ...term, step: b.log(term.step) };
      case 'exp':
        return { ...term, step: b.unary('exp', term.step) };
      case 'sqrt':
        return { ...term, step: b.sqrt(term.step) };
      case 'abs':
        return { ...term, step: b.binary('maximum', term.step, b.negate(term.step)) };
      case 'foreground':
        if (term.classes !== 'all') {
          return this.#report(call.span, 'there are no classes here to leave the background out of');
        }
        return { ...term, step: b.foreground(term.step), classes: 'foreground' };
      default:
        return this.#reduce(name, call, term, per);
    }
  }

  #reduce(name: 'sum' | 'mean', call: ast.Call, term: Term, per: ast.Expression | undefined): Value {
    const kept = per === undefined ? [] : this.#axes(per);
    if (kept === undefined) return poison;
    const over = term.axes.filter((axis) => !kept.includes(axis));
    if (over.length === 0) {
      const axes = alternatives(term.axes, 'and').replaceAll('`', '');
      const each = term.axes.length === 0 ? 'is one number' : `has one for each ${axes}`;
      return this.#report(call.span, `\`${name}\` has nothing to run over: the value ${each}`);
    }
    const axes = term.axes.filter((axis) => kept.includes(axis));
    const all: readonly LossAxis[] = this.#isValue ? [...over, 'class'] : over;
    const step = name === 'sum' ? this.#b.sum(term.step, ...all) : this.#b.mean(term.step, ...all);
    return termOf(step, axes, axes.includes('class') ? term.classes : undefined);
  }

  /** `image`, `class`, `[image, class]`: a pixel is one of an image. */
  #axes(per: ast.Expression): readonly LossAxis[] | undefined {
    const items = per.kind === 'list' ? per.items : [per];
    const named = items.map((item) =>
      item.kind === 'reference' ? lossAxes.find((axis) => axis === item.name.text) : undefined,
    );
    const wrong = named.indexOf(undefined);
    if (wrong < 0)
      return named.includes('pixel') ? ['image', ...(named as LossAxis[])] : (named as LossAxis[]);
    this.#report(items[wrong]!.span, `\`per\` names ${alternatives([...lossAxes])}, or a list of these`);
    return undefined;
  }

  #wrong(name: string, { span }: ast.Call, value: Value): Value {
    this.reporter.report('typeMismatch', {
      at: span,
      arguments: { what: `\`${name}\``, expected: 'a value of `head` or `truth`', actual: describe(value) },
    });
    return poison;
  }

  #report(at: Span, problem: string, help: readonly string[] = []): Value {
    this.reporter.report('lossBody', {
      at,
      arguments: { problem },
      help: help.map((message) => ({ message })),
    });
    return poison;
  }
}

/** The operators that join two values, one by one. */
const joins: Partial<Record<ast.Binary['operator'], FormulaBinary>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
};

function termOf(step: number, axes: readonly LossAxis[], classes: Term['classes']): Term {
  const own = lossAxes.filter((axis) => axes.includes(axis));
  return { kind: 'term', step, axes: own, classes: own.includes('class') ? classes : undefined };
}

function isNumber(value: Value): boolean {
  const type = typeOf(value);
  return type?.kind === 'int' || type?.kind === 'real';
}

/** The values of parameters as the language writes them, for people. */
export function printedParameters(parameters: Scope): Readonly<Record<string, string>> {
  return Object.fromEntries([...parameters.own()].map(([name, value]) => [name, formatValue(value)]));
}
