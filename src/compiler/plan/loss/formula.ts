/** What a value of a formula may differ along: the images of a batch, the pixels of an image, the classes of a head. */
export type LossAxis = 'image' | 'pixel' | 'class';

/** Which classes a value has: `foreground` lacks the first class of a softmax. */
export type LossClasses = 'all' | 'foreground';

/** All of them, in the order in which a map `[batch, height, width, channels]` has them. */
export const lossAxes: readonly LossAxis[] = ['image', 'pixel', 'class'];

/** Operators of one value. */
export type FormulaUnary = 'negate' | 'exp' | 'log' | 'sqrt' | 'softplus' | 'log_softmax';

/** Operators of two values, value by value; one that lacks an axis is repeated along it. */
export type FormulaBinary = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum';

/** One value of a formula; operands are places of steps before it. */
export type FormulaStep =
  | { readonly op: 'number'; readonly value: number }
  /**
   * Of one head: its probabilities, the truth, what its sigmoid or softmax was given, and the signed distance of every pixel
   * to the border of the truth, in pixels, negative inside.
   */
  | { readonly op: 'head' | 'truth' | 'logits' | 'distance' }
  /** One number for each class, or for each but the background. */
  | { readonly op: 'class_numbers'; readonly values: readonly number[]; readonly classes: LossClasses }
  | { readonly op: FormulaUnary; readonly of: number }
  | { readonly op: FormulaBinary; readonly left: number; readonly right: number }
  | { readonly op: 'sum' | 'mean'; readonly of: number; readonly over: readonly LossAxis[] }
  /** Without the first class of a softmax, the background; all classes of a sigmoid. */
  | { readonly op: 'foreground'; readonly of: number };

/**
 * How a head is measured against its truth, as plain data: a list of values, each made of those before it, of which the last
 * is the loss, one number. Every engine computes it from this list, and its gradient follows from its steps.
 */
export type LossFormula = readonly FormulaStep[];

/** Values below this count as it under a logarithm, a root and a power that is no whole number, so that slopes stay finite. */
export const leastValue = 1e-7;

/** Writes formulas. Values are places. */
export class FormulaBuilder {
  readonly #steps: FormulaStep[] = [];

  get steps(): LossFormula {
    return this.#steps;
  }

  step(step: FormulaStep): number {
    return this.#steps.push(step) - 1;
  }
  number(value: number): number {
    return this.step({ op: 'number', value });
  }
  input(op: 'head' | 'truth' | 'logits' | 'distance'): number {
    return this.step({ op });
  }
  classNumbers(values: readonly number[], classes: LossClasses): number {
    return this.step({ op: 'class_numbers', values, classes });
  }
  unary(op: FormulaUnary, of: number): number {
    return this.step({ op, of });
  }
  binary(op: FormulaBinary, left: number, right: number): number {
    return this.step({ op, left, right });
  }
  add(left: number, right: number): number {
    return this.binary('add', left, right);
  }
  subtract(left: number, right: number): number {
    return this.binary('subtract', left, right);
  }
  multiply(left: number, right: number): number {
    return this.binary('multiply', left, right);
  }
  divide(left: number, right: number): number {
    return this.binary('divide', left, right);
  }
  negate(of: number): number {
    return this.unary('negate', of);
  }
  sum(of: number, ...over: readonly LossAxis[]): number {
    return this.step({ op: 'sum', of, over });
  }
  mean(of: number, ...over: readonly LossAxis[]): number {
    return this.step({ op: 'mean', of, over });
  }
  foreground(of: number): number {
    return this.step({ op: 'foreground', of });
  }
  /** The natural logarithm of at least {@link leastValue}. */
  log(of: number): number {
    return this.unary('log', this.#least(of));
  }
  sqrt(of: number): number {
    return this.unary('sqrt', this.#least(of));
  }
  /** By products where the exponent is a whole number, else by a logarithm. */
  power(of: number, exponent: number): number {
    if (exponent < 0) return this.divide(this.number(1), this.power(of, -exponent));
    if (!Number.isInteger(exponent)) {
      return this.unary('exp', this.multiply(this.number(exponent), this.log(of)));
    }
    if (exponent === 0) return this.number(1);
    const half = exponent > 1 ? this.power(of, Math.floor(exponent / 2)) : of;
    if (exponent === 1) return of;
    const square = this.multiply(half, half);
    return exponent % 2 === 0 ? square : this.multiply(square, of);
  }

  #least(of: number): number {
    return this.binary('maximum', of, this.number(leastValue));
  }
}

/** The places that a step reads. */
export function operandsOf(step: FormulaStep): readonly number[] {
  if ('left' in step) return [step.left, step.right];
  return 'of' in step ? [step.of] : [];
}

/** Whether the loss depends on a kind of input. */
export function reads(formula: LossFormula, op: FormulaStep['op']): boolean {
  return usedSteps(formula).some((step) => step.op === op);
}

/** The steps that the last one is made of, by place; the others count for nothing. */
function usedSteps(formula: LossFormula): readonly FormulaStep[] {
  const used = new Set([formula.length - 1]);
  for (let place = formula.length - 1; place >= 0; place--) {
    if (used.has(place)) for (const operand of operandsOf(formula[place]!)) used.add(operand);
  }
  return formula.filter((_, place) => used.has(place));
}

/**
 * The formula for a head that ends with a sigmoid, a softmax or a plain number: logarithms of probabilities are taken of logits,
 * which no rounding has made 0 or 1, and what is unused is left out.
 */
export function settledFormula(formula: LossFormula, ending: 'sigmoid' | 'softmax' | 'number'): LossFormula {
  const b = new FormulaBuilder();
  const places = new Map<number, number>();
  const used = new Set(usedSteps(formula));
  const logarithm = (step: FormulaStep): number | undefined => {
    if (step.op !== 'log' || ending === 'number') return undefined;
    const held = formula[step.of]!;
    const inner = formula['left' in held ? held.left : step.of]!;
    const rest = inner.op === 'subtract' ? formula[inner.right]! : inner;
    if (rest.op !== 'head') return undefined;
    if (inner === rest) {
      const logits = b.input('logits');
      return ending === 'softmax'
        ? b.unary('log_softmax', logits)
        : b.negate(b.unary('softplus', b.negate(logits)));
    }
    const whole = inner.op === 'subtract' ? formula[inner.left]! : inner;
    const isRest = whole.op === 'number' && whole.value === 1 && ending === 'sigmoid';
    return isRest ? b.negate(b.unary('softplus', b.input('logits'))) : undefined;
  };
  for (const [place, step] of formula.entries()) {
    if (!used.has(step)) continue;
    const renamed = (operand: number) => places.get(operand)!;
    const exact = logarithm(step);
    if (exact !== undefined) places.set(place, exact);
    else if (step.op === 'foreground' && ending !== 'softmax') places.set(place, renamed(step.of));
    else if ('left' in step)
      places.set(place, b.step({ ...step, left: renamed(step.left), right: renamed(step.right) }));
    else if ('of' in step) places.set(place, b.step({ ...step, of: renamed(step.of) }));
    else places.set(place, b.step(step));
  }
  return b.steps;
}
