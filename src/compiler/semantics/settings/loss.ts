import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import type { HeadPlan, LossTerm } from '../../plan/run-plan.ts';
import type * as ast from '../../syntax/ast.ts';
import { bindParameters } from '../names/parameters.ts';
import type { Declared, Module } from '../program/program.ts';
import { describe } from '../values/describe.ts';
import { arithmetic } from '../values/evaluate.ts';
import {
  add,
  divide,
  formatRational,
  isZero,
  multiply,
  negate,
  one,
  type Rational,
  whole,
} from '../values/rational.ts';
import type { Given, Value } from '../values/values.ts';
import { argumentNodes } from './calls.ts';
import { choice, flag, number, numbers } from './constants.ts';
import { lossScope, printedParameters, runLoss } from './loss-body.ts';
import { describeExpression, leaf } from './nodes.ts';
import { key, type Reading, readKey, type SettingType, type Table } from './table.ts';
import type { SettingNode } from './tree.ts';

type HeadKind = HeadPlan['kind'];
type LossName = Exclude<LossTerm['loss'], 'declared'>;

interface Loss {
  readonly doc: string;
  readonly heads: readonly HeadKind[];
  readonly options: Table;
}

const weights = (whom: string) =>
  key<readonly number[] | null>(
    numbers({ minimum: 0 }),
    `How much each ${whom} counts; all alike where left out`,
    {
      default: null,
    },
  );

const ratios = {
  smooth: key(number({ minimum: 0 }), 'Added to numerator and denominator', { default: 1e-6 }),
  reduction: key(choice('image', 'batch'), 'Whether the sums run over each image or over the batch', {
    default: 'image' as const,
  }),
  background: key(
    flag(),
    'Whether the background of a softmax counts as a structure; Isensee et al. 2021 leave it out, as it is nearly always right',
    { default: true },
  ),
};

const overlap = { ...ratios, weights: weights('class that counts, the background of a softmax first,') };

const errors = {
  alpha: key(number({ minimum: 0 }), 'How much a pixel counts that is wrongly marked', { default: 0.3 }),
  beta: key(number({ minimum: 0 }), 'How much a pixel counts that is missed', { default: 0.7 }),
};

const certainty = {
  smoothing: key(
    number({ minimum: 0, below: 1 }),
    'Share of every truth that is spread evenly over all answers; Szegedy et al. 2016 (arXiv 1512.00567)',
    { default: 0 },
  ),
};

/** Every loss of the language. */
export const losses: Readonly<Record<LossName, Loss>> = {
  jaccard: { doc: 'Jaccard distance, equation 3', heads: ['mask'], options: overlap },
  dice: { doc: 'Dice loss 1 − 2I / (|Y| + |Ŷ|)', heads: ['mask'], options: overlap },
  bce: { doc: 'Binary cross entropy, equation 5', heads: ['mask', 'label'], options: certainty },
  cross_entropy: {
    doc: 'Categorical cross entropy, equation 4',
    heads: ['mask', 'label'],
    options: { ...certainty, weights: weights('class') },
  },
  focal: {
    doc: 'Focal loss, Lin et al. 2017',
    heads: ['mask', 'label'],
    options: {
      gamma: key(number({ minimum: 0 }), 'How much easy examples are played down', { default: 2 }),
      alpha: key(number({ minimum: 0, maximum: 1 }), 'Weight of the positive class', { default: 0.25 }),
    },
  },
  categorical_focal: {
    doc: 'Focal loss of classes that exclude each other, Lin et al. 2017',
    heads: ['mask', 'label'],
    options: {
      gamma: key(number({ minimum: 0 }), 'How much easy examples are played down', { default: 2 }),
      weights: weights('class'),
    },
  },
  tversky: {
    doc: 'Tversky loss 1 − I / (I + α·wrong + β·missed), Salehi et al. 2017 (arXiv 1706.05721)',
    heads: ['mask'],
    options: { ...errors, ...ratios },
  },
  focal_tversky: {
    doc: 'Tversky loss to the power 1 / γ, Abraham and Khan 2019 (arXiv 1810.07842)',
    heads: ['mask'],
    options: {
      ...errors,
      gamma: key(number({ above: 0 }), 'Above 1 structures that are nearly right count more, below 1 less', {
        default: 4 / 3,
        written: '4 / 3',
      }),
      ...ratios,
    },
  },
  boundary: {
    doc: 'Boundary loss, Kervadec et al. 2019 (arXiv 1812.07032): the mean of p times the signed distance to the border of the truth, in pixels; beside a loss of overlap',
    heads: ['mask'],
    options: {},
  },
  mse: {
    doc: 'Mean squared error of values in scales of their attribute',
    heads: ['value'],
    options: {},
  },
  mae: {
    doc: 'Mean absolute error of values in scales of their attribute',
    heads: ['value'],
    options: {},
  },
  huber: {
    doc: 'Half the square of a difference up to `delta`, beyond it a line; Huber 1964',
    heads: ['value'],
    options: {
      delta: key(number({ above: 0 }), 'From which difference on it is a line, in scales of the attribute', {
        default: 1,
      }),
    },
  },
};

/** One summand with its exact weight and the places that diagnostics point to. */
export interface WeighedTerm {
  readonly weight: Rational;
  readonly head: ast.Head;
  /** The loss and its options, without weight and head. */
  readonly loss: { readonly loss: LossTerm['loss'] } & Readonly<Record<string, unknown>>;
  readonly call: ast.Call;
}

export interface WeighedLoss {
  readonly terms: readonly WeighedTerm[];
  readonly at: ast.Expression;
}

/** `0.9 * jaccard(segmentation) + 0.1 * bce(diagnosis)`: any expression that is a weighted sum of losses of heads. */
export const loss: SettingType<WeighedLoss> = {
  describe: 'a weighted sum of losses of heads',
  read(node, reading) {
    if (!leaf(node, reading)) return undefined;
    const { value, home } = node.entry;
    const sum = new Sum(node, home, reading).of(value);
    if (sum === undefined) return undefined;
    if (Array.isArray(sum)) return { terms: sum as readonly WeighedTerm[], at: value };
    report(value, describe(sum as Value), reading);
    return undefined;
  },
};

/** A constant, or a list of terms. */
type Part = Value | readonly WeighedTerm[];

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
          report(expression, `the head \`${expression.name.text}\` itself`, this.#reading);
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
      report(
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
    report(expression, operator === '*' ? number : `a loss with ${number} ${verb}`, this.#reading);
    return undefined;
  }

  #term(call: ast.Call): Part | undefined {
    const name = call.callee.kind === 'reference' ? call.callee.name : undefined;
    const { reporter, heads } = this.#reading;
    if (!name) return this.#constant(call);
    if (name.text === 'deep_supervision') return this.#deepSupervision(call);
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
    const head = argument && heads && this.#head(lossName, losses[lossName].heads, argument, call);
    if (!head || Object.values(values).includes(undefined)) return undefined;
    if (nodes.size < call.arguments.length) return undefined;
    const given = Object.entries(values).filter(([, value]) => value !== null);
    return [{ weight: one, head, loss: { loss: lossName, ...Object.fromEntries(given) }, call }];
  }

  /** A loss that the spec declares, with the values of its parameters. */
  #declared(call: ast.Call, declared: Declared<ast.Loss>): Part | undefined {
    const { reporter, heads, signatures } = this.#reading;
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
    const head = argument && heads && this.#head(name.text, [headKind.text], argument, call);
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

  /** Losses of one head, and the same of others with less weight: `deep_supervision(dice(full), also = [half, quarter])`. */
  #deepSupervision(call: ast.Call): Part | undefined {
    const formals = [{ name: 'loss', required: true }, { name: 'also', required: true }, optional('weights')];
    const nodes = argumentNodes('deep_supervision', formals, call, this.#node, this.#reading);
    const [inner, also] = ['loss', 'also'].map((name) => nodes.get(name)?.entry?.value);
    if (!inner || !also || nodes.size < call.arguments.length) return undefined;
    const terms = this.of(inner);
    if (terms === undefined) return undefined;
    if (!isTerms(terms)) {
      report(inner, describe(terms as Value), this.#reading);
      return undefined;
    }
    const problem = (at: ast.Expression, text: string) => {
      this.#reading.reporter.report('deepSupervision', {
        at: at.span,
        arguments: { problem: text },
        notes: ['such as `deep_supervision(dice(full) + cross_entropy(full), also = [half, quarter])`'],
      });
      return undefined;
    };
    const [first] = terms;
    const other = terms.find(({ head }) => head !== first!.head);
    if (other) {
      const [one, two] = [first!.head.name.text, other.head.name.text];
      return problem(
        inner,
        `\`deep_supervision\` repeats losses of one head, and these are of \`${one}\` and \`${two}\``,
      );
    }
    const items = also.kind === 'list' ? also.items : [also];
    if (items.length === 0) return problem(also, '`also` names no other head');
    const heads: ast.Head[] = [first!.head];
    for (const item of items) {
      for (const term of terms) {
        const kinds = [term.head.headKind.text];
        const head = this.#reading.heads && this.#head('deep_supervision', kinds, item, call);
        if (!head) return undefined;
        if (term !== first) continue;
        if (heads.includes(head)) return problem(item, `\`${head.name.text}\` is supervised already`);
        heads.push(head);
      }
    }
    const shares = this.#shares(nodes.get('weights'), heads.length, problem);
    return (
      shares &&
      heads.flatMap((head, place) => {
        return terms.map((term) => ({ ...term, head, weight: multiply(term.weight, shares[place]!) }));
      })
    );
  }

  /** Of the heads of a deep supervision: as given, else each half of the one before; they sum to 1. */
  #shares(
    node: SettingNode | undefined,
    count: number,
    problem: (at: ast.Expression, text: string) => undefined,
  ): readonly Rational[] | undefined {
    let relative = Array.from({ length: count }, (_, place) => whole(2 ** (count - 1 - place)));
    if (node?.entry) {
      const { value: at, home } = node.entry;
      if (numbers({ minimum: 0 }).read(node, this.#reading) === undefined) return undefined;
      const list = this.#reading.evaluation(home).evaluate(at);
      relative = list.kind === 'list' ? list.items.map((item) => (item as { value: Rational }).value) : [];
      if (relative.length !== count) {
        return problem(
          at,
          `\`weights\` has ${relative.length} number${relative.length === 1 ? '' : 's'}, and there are ${count} heads`,
        );
      }
    }
    const sum = relative.reduce(add);
    if (isZero(sum)) return problem(node!.entry!.value, 'all `weights` are 0');
    return relative.map((weight) => divide(weight, sum));
  }

  #head(
    lossName: string,
    wanted: readonly string[],
    argument: ast.Expression,
    call: ast.Call,
  ): ast.Head | undefined {
    const { reporter } = this.#reading;
    const heads = this.#reading.heads!;
    if (argument.kind !== 'reference') {
      if (argument.kind === 'hole') return undefined;
      reporter.report('typeMismatch', {
        at: argument.span,
        arguments: { what: `\`${lossName}\``, expected: 'a head', actual: describeExpression(argument) },
      });
      return undefined;
    }
    const head = heads.find((candidate) => candidate.name.text === argument.name.text);
    const fitting = heads.filter((candidate) => wanted.some((kind) => kind === candidate.headKind.text));
    if (!head) {
      const names = fitting.map((candidate) => candidate.name.text);
      reporter.report('unknownName', {
        at: argument.span,
        arguments: { kind: 'head', name: argument.name.text },
        help: didYouMean(argument.span, argument.name.text, names),
      });
      return undefined;
    }
    const kind = head.headKind.text;
    if (fitting.includes(head)) return head;
    // A kind that there is not was reported where it stands.
    if (lossesOf(kind).length === 0) return undefined;
    const [only, other] = fitting;
    reporter.report('lossHead', {
      at: argument.span,
      arguments: { loss: lossName, expected: `a ${alternatives([...wanted]).replaceAll('`', '')} head` },
      label: `\`${head.name.text}\` is a ${kind} head`,
      secondary: [{ span: head.headKind.span, text: `declared as a ${kind} here` }],
      notes: [`${kind} heads can use ${alternatives(lossesOf(kind), 'and')}`],
      help:
        only && !other
          ? [
              {
                message: `did you mean \`${call.arguments[0]!.value === argument ? `${lossName}(${only.name.text})` : only.name.text}\`?`,
                fix: 'head',
                edits: [{ span: argument.span, text: only.name.text }],
              },
            ]
          : [],
    });
    return undefined;
  }
}

/** The losses that suit a kind of head. */
export function lossesOf(kind: string): readonly string[] {
  return Object.entries(losses)
    .filter(([, entry]) => entry.heads.some((candidate) => candidate === kind))
    .map(([name]) => name);
}

/**
 * The loss as the run plan holds it: equal terms joined, those of weight 0 left out. Reports weights that cannot be
 * meant, and heads that the loss leaves untrained. Undefined when nothing can be trained with it.
 */
export function settleLoss(
  { terms, at }: WeighedLoss,
  heads: readonly ast.Head[],
  reading: Reading,
): readonly LossTerm[] | undefined {
  const { reporter } = reading;
  const joined = new Map<string, { term: WeighedTerm; weight: Rational }>();
  for (const term of terms) {
    const same = JSON.stringify([term.head.name.text, term.loss]);
    const before = joined.get(same);
    joined.set(same, { term, weight: before ? add(before.weight, term.weight) : term.weight });
  }
  let sound = true;
  for (const { term, weight } of joined.values()) {
    if (weight.numerator >= 0n) continue;
    sound = false;
    reporter.report('negativeWeight', {
      at: term.call.span,
      arguments: { head: term.head.name.text, weight: formatRational(weight) },
      notes: ['training would make this head worse'],
    });
  }
  if (!sound) return undefined;
  const weighed = [...joined.values()].filter(({ weight }) => !isZero(weight));
  if (weighed.length === 0) {
    reporter.report('untrainable', {
      at: at.span,
      arguments: {},
      help: [{ message: 'give the loss of at least one head a weight above 0' }],
    });
    return undefined;
  }
  for (const head of heads) {
    if (weighed.some(({ term }) => term.head === head)) continue;
    const call = terms.find((term) => term.head === head)?.call;
    reporter.report('zeroWeight', {
      at: (call ?? at).span,
      arguments: { head: head.name.text },
      label: call ? 'this has weight 0' : `\`${head.name.text}\` is not in this sum`,
      secondary: [{ span: head.name.span, text: 'the head' }],
      notes: ['it is still evaluated, with the weights that it starts with'],
    });
  }
  const sum = weighed.map(({ weight }) => weight).reduce(add);
  if (sum.numerator !== sum.denominator) {
    reporter.report('weightSum', {
      at: at.span,
      arguments: { sum: formatRational(sum) },
      notes: ['the size of the loss then depends on the weights, and with it what a learning rate means'],
    });
  }
  return weighed.map(
    ({ term, weight }) =>
      ({ weight: Number(formatRational(weight)), head: term.head.name.text, ...term.loss }) as LossTerm,
  );
}

function scaled(terms: readonly WeighedTerm[], factor: Rational): readonly WeighedTerm[] {
  return terms.map((term) => ({ ...term, weight: multiply(term.weight, factor) }));
}

function isTerms(part: Part | undefined): part is readonly WeighedTerm[] {
  return Array.isArray(part);
}

function isLoss(declared: Declared): declared is Declared<ast.Loss> {
  return declared.declaration.kind === 'loss';
}

function optional(name: string) {
  return { name, required: false };
}

function report({ span }: ast.Expression, what: string, { reporter }: Reading): void {
  reporter.report('lossForm', {
    at: span,
    arguments: { what },
    notes: ['such as `0.9 * jaccard(segmentation) + 0.1 * bce(diagnosis)`'],
  });
}
