import { alternatives, didYouMean } from '../../../diagnostics/suggest.ts';
import type * as ast from '../../../syntax/ast.ts';
import { bindParameters } from '../../names/parameters.ts';
import type { Declared, Module } from '../../program/program.ts';
import { describe } from '../../values/describe.ts';
import { arithmetic } from '../../values/evaluate.ts';
import { divide, isZero, negate, one } from '../../values/rational.ts';
import type { Given, Value } from '../../values/values.ts';
import { argumentNodes } from '../calls.ts';
import { leaf } from '../nodes.ts';
import { type Reading, readKey, type SettingType } from '../table.ts';
import type { SettingNode } from '../tree.ts';
import { deepSupervision } from './deep-supervision.ts';
import { reportForm } from './form.ts';
import { lossScope, printedParameters, runLoss } from './formula.ts';
import { headOf } from './head.ts';
import { type LossName, losses } from './table.ts';
import { isTerms, type Part, scaled, type WeighedLoss, type WeighedTerm } from './terms.ts';

/** `0.9 * jaccard(segmentation) + 0.1 * bce(diagnosis)`: any expression that is a weighted sum of losses of heads. */
export const loss: SettingType<WeighedLoss> = {
  describe: 'a weighted sum of losses of heads',
  read(node, reading) {
    if (!leaf(node, reading)) return undefined;
    const { value, home } = node.entry;
    const sum = new Sum(node, home, reading).of(value);
    if (sum === undefined) return undefined;
    if (Array.isArray(sum)) return { terms: sum as readonly WeighedTerm[], at: value };
    reportForm(value, describe(sum as Value), reading);
    return undefined;
  },
};

class Sum {
  readonly #node: SettingNode;
  readonly #home: Module;
  readonly #reading: Reading;

  constructor(node: SettingNode, home: Module, reading: Reading) {
    this.#node = node;
    this.#home = home;
    this.#reading = reading;
  }

  of(expression: ast.Expression): Part | undefined {
    switch (expression.kind) {
      case 'call':
        return this.#term(expression);
      case 'binary':
        return this.#binary(expression);
      case 'negation': {
        const part = this.of(expression.value);
        return isTerms(part) ? scaled(part, negate(one)) : this.#constant(expression);
      }
      case 'tuple':
        return expression.items.length === 1 ? this.of(expression.items[0]!) : this.#constant(expression);
      case 'reference':
        if (this.#reading.heads?.some((head) => head.name.text === expression.name.text)) {
          reportForm(expression, `the head \`${expression.name.text}\` itself`, this.#reading);
          return undefined;
        }
        return this.#constant(expression);
      default:
        return this.#constant(expression);
    }
  }

  #constant(expression: ast.Expression): Value | undefined {
    const value = this.#reading.evaluation(this.#home).evaluate(expression);
    return value.kind === 'poison' ? undefined : value;
  }

  #binary(expression: ast.Binary): Part | undefined {
    const left = this.of(expression.left);
    const right = this.of(expression.right);
    if (left === undefined || right === undefined) return undefined;
    if (!isTerms(left) && !isTerms(right)) {
      const value = arithmetic(expression, left, right, this.#reading.reporter);
      return value.kind === 'poison' ? undefined : value;
    }
    const { operator } = expression;
    if (isTerms(left) && isTerms(right)) {
      if (operator === '+') return [...left, ...right];
      if (operator === '-') return [...left, ...scaled(right, negate(one))];
      reportForm(
        expression,
        operator === '*'
          ? 'a product of two losses'
          : operator === '/'
            ? 'a quotient of two losses'
            : `\`${operator}\` between losses`,
        this.#reading,
      );
      return undefined;
    }
    const factor = (isTerms(left) ? right : left) as Value;
    const terms = isTerms(left) ? left : (right as readonly WeighedTerm[]);
    if (factor.kind === 'number' && operator === '*') return scaled(terms, factor.value);
    if (factor.kind === 'number' && operator === '/' && isTerms(left) && !isZero(factor.value)) {
      return scaled(terms, divide(one, factor.value));
    }
    if (factor.kind === 'number' && operator === '/' && isTerms(left)) {
      this.#reading.reporter.report('divisionByZero', { at: expression.right.span, arguments: {} });
      return undefined;
    }
    const [number, verb] = [describe(factor), operator === '/' ? 'divided' : 'added'];
    reportForm(expression, operator === '*' ? number : `a loss with ${number} ${verb}`, this.#reading);
    return undefined;
  }

  #term(call: ast.Call): Part | undefined {
    const name = call.callee.kind === 'reference' ? call.callee.name : undefined;
    const { reporter } = this.#reading;
    if (!name) return this.#constant(call);
    if (name.text === 'deep_supervision')
      return deepSupervision(call, this.#node, (expression) => this.of(expression), this.#reading);
    if (!Object.hasOwn(losses, name.text)) {
      const declared = this.#home.names.get(name.text);
      if (declared && isLoss(declared)) return this.#declared(call, declared);
      if (this.#home.unresolved.has(name.text)) return undefined;
      const own = [...this.#home.names].flatMap(([other, found]) => (isLoss(found) ? [other] : []));
      const known = [...Object.keys(losses), 'deep_supervision', ...own];
      reporter.report('unknownName', {
        at: name.span,
        arguments: { kind: 'loss', name: name.text },
        notes: [`there are ${alternatives(known, 'and')}`],
        help: didYouMean(name.span, name.text, known),
      });
      return undefined;
    }
    const lossName = name.text as LossName;
    const { options } = losses[lossName];
    const formals = [{ name: 'head', required: true }, ...Object.keys(options).map(optional)];
    const nodes = argumentNodes(name.text, formals, call, this.#node, this.#reading);
    const values: Record<string, unknown> = {};
    for (const [option, part] of Object.entries(options)) {
      if (part.kind !== 'key') continue;
      values[option] = readKey(part, option, nodes.get(option), `\`${name.text}\``, this.#reading);
    }
    const argument = nodes.get('head')?.entry?.value;
    const head = argument && headOf(lossName, losses[lossName].heads, argument, call, this.#reading);
    if (!head || Object.values(values).includes(undefined)) return undefined;
    if (nodes.size < call.arguments.length) return undefined;
    const given = Object.entries(values).filter(([, value]) => value !== null);
    return [{ weight: one, head, loss: { loss: lossName, ...Object.fromEntries(given) }, call }];
  }

  /** A loss that the spec declares, with the values of its parameters. */
  #declared(call: ast.Call, declared: Declared<ast.Loss>): Part | undefined {
    const { reporter, signatures } = this.#reading;
    const { name, parameters: written, headKind } = declared.declaration;
    const formals = [{ name: 'head', required: true }, ...signatures.of(written)];
    const nodes = argumentNodes(name.text, formals, call, this.#node, this.#reading);
    const given = new Map<string, Given>();
    for (const { name: formal } of formals.slice(1)) {
      const entry = nodes.get(formal)?.entry;
      if (!entry) continue;
      const value = this.#reading.evaluation(entry.home).evaluate(entry.value);
      given.set(formal, { value, at: entry.value.span });
    }
    const argument = nodes.get('head')?.entry?.value;
    const head = argument && headOf(name.text, [headKind.text], argument, call, this.#reading);
    if (!head || nodes.size < call.arguments.length) return undefined;
    if (signatures.of(written).some((formal) => formal.required && !given.has(formal.name))) return undefined;
    const parameters = bindParameters(signatures.of(written), given, lossScope(declared), reporter);
    if ([...parameters.own().values()].some(({ kind }) => kind === 'poison')) return undefined;
    const formula = runLoss(declared, parameters, reporter);
    if (formula === undefined) return undefined;
    const printed = printedParameters(parameters);
    return [
      {
        weight: one,
        head,
        loss: { loss: 'declared', name: name.text, parameters: printed, formula },
        call,
      },
    ];
  }
}

function isLoss(declared: Declared): declared is Declared<ast.Loss> {
  return declared.declaration.kind === 'loss';
}

function optional(name: string) {
  return { name, required: false };
}
