import type { SourceFile } from '../../source/source-file.ts';
import type * as ast from '../../syntax/ast.ts';
import { constantsIn } from '../names/parameters.ts';
import { moduleScope } from '../names/scope.ts';
import type { Declared, Reporter } from '../program/program.ts';
import { type Entry, pathOf } from '../settings/tree.ts';
import { describe } from '../values/describe.ts';
import { rangeLength, rangeValues } from '../values/ranges.ts';
import { formatRational, negate } from '../values/rational.ts';
import { int, type Value } from '../values/values.ts';
import { type Base, baseOf, checkItems, named, overridesOf } from './variants.ts';

/** One way through the axes of a sweep. */
export interface Cell {
  /** `SerialRates[1]` */
  readonly name: string;
  /** What the axes set. */
  readonly varied: readonly Entry[];
}

/** A sweep with its cells, in the order written: the first axis changes slowest. */
export interface Sweep {
  readonly declaration: ast.Sweep;
  readonly base: Base;
  /** What all cells set. */
  readonly fixed: readonly Entry[];
  readonly cells: readonly Cell[];
}

/** One value of an axis: an expression per path. */
type Step = readonly ast.Expression[];

/** Expands a sweep into its cells; there are none when an axis has no values. Undefined when it leads to no experiment. */
export function expandSweep(declared: Declared<ast.Sweep>, reporter: Reporter): Sweep | undefined {
  const { declaration, module } = declared;
  const { name, body } = declaration;
  checkItems(declaration, reporter);
  const of = named(declaration.of, module, ['experiment', 'variant'], reporter);
  const base = of && baseOf(of, reporter);
  const fixed = overridesOf(body, module, reporter);
  const written = body.items.filter((item) => item.kind === 'axis');
  if (written.length === 0) {
    reporter.report('sweepWithoutAxis', {
      at: name.span,
      arguments: { name: name.text },
      help: [{ message: 'vary something, or make it a `variant`' }],
    });
  }
  const repeated = repeatedPaths(written, fixed, reporter);
  // The cells of an axis that was reported would repeat its mistake.
  const axes = written.filter(({ paths }) => !paths.some((path) => repeated.has(path)));
  const expanded = axes.map((axis) => ({ axis, steps: stepsOf(axis, declared, reporter) }));
  if (!base) return undefined;
  const count = expanded.reduce((product, { steps }) => product * steps.length, 1);
  if (count > maxCells) {
    tooManyCells(name, String(count), reporter);
    return { declaration, base, fixed, cells: [] };
  }
  let combinations: readonly (readonly Entry[])[] = axes.length === 0 ? [] : [[]];
  for (const { axis, steps } of expanded) {
    const entries = steps.map((step) => step.map((value, index) => entryOf(axis, index, value, declared)));
    combinations = combinations.flatMap((before) => entries.map((next) => [...before, ...next]));
  }
  const cells = combinations.map((varied, index) => ({ name: `${name.text}[${index}]`, varied }));
  return { declaration, base, fixed, cells };
}

/** More trainings than anybody can wait for. */
const maxCells = 10_000;

function tooManyCells(name: ast.Name, count: string, reporter: Reporter): void {
  reporter.report('tooManyCells', {
    at: name.span,
    arguments: { name: name.text, count, limit: maxCells },
    notes: ['every combination of the varied values is a training of its own'],
    help: [{ message: 'vary fewer values, or in larger steps' }],
  });
}

/** `model.serial_rates = [6, 12, 18]`, as it was written. */
export function formatEntry(entry: Entry, sources: ReadonlyMap<string, SourceFile>): string {
  return `${pathOf(entry.names)} = ${formatExpression(entry.value, sources)}`;
}

/** The text of an expression on one line. Values that a range gave have no text of their own. */
export function formatExpression(
  expression: ast.Expression,
  sources: ReadonlyMap<string, SourceFile>,
): string {
  if (expression.kind === 'number') return `${expression.text}${expression.unit ?? ''}`;
  if (expression.kind === 'negation') return `-${formatExpression(expression.value, sources)}`;
  const { file, start, end } = expression.span;
  return (sources.get(file)?.text.slice(start, end) ?? '').replace(/\s+/g, ' ');
}

function entryOf(
  axis: ast.Axis,
  index: number,
  value: ast.Expression,
  { module }: Declared<ast.Sweep>,
): Entry {
  const { names, span } = axis.paths[index]!;
  return { names, value, home: module, override: true, annotations: axis.annotations, span };
}

/** The values that an axis takes in turn. */
function stepsOf(
  axis: ast.Axis,
  { declaration: { name }, module }: Declared<ast.Sweep>,
  reporter: Reporter,
): readonly Step[] {
  const { values, paths } = axis;
  if (values.kind === 'hole' || paths.length === 0) return [];
  if (values.kind === 'list') {
    if (values.items.length === 0) {
      reporter.report('emptyAxis', {
        at: values.span,
        arguments: { path: paths.map(({ names }) => pathOf(names)).join(', ') },
      });
    }
    return values.items.flatMap((item) => stepOf(axis, item, reporter));
  }
  const value = constantsIn(moduleScope(module), reporter).evaluate(values);
  if (value.kind === 'poison') return [];
  if (value.kind !== 'range') {
    reporter.report('typeMismatch', {
      at: values.span,
      arguments: { what: '`vary`', expected: 'a list, or a range with a step', actual: describe(value) },
    });
    return [];
  }
  const whole = value.low.kind === 'number' && value.low.type === 'int';
  if (!value.step && !whole) {
    reporter.report('badRange', {
      at: values.span,
      arguments: { problem: 'a range of real numbers is varied without a step' },
      help: [{ message: 'add `step` and how far apart the values are' }],
    });
    return [];
  }
  const by = value.step ?? int(1);
  const count = rangeLength(value.low, value.high, by);
  if (count > maxCells) {
    tooManyCells(name, String(count), reporter);
    return [];
  }
  const steps = rangeValues(value.low, value.high, by);
  return steps.flatMap((step) => stepOf(axis, expressionOf(step, values), reporter));
}

function stepOf(axis: ast.Axis, item: ast.Expression, reporter: Reporter): readonly Step[] {
  const wanted = axis.paths.length;
  const parts = item.kind === 'tuple' && item.items.length > 1 ? item.items : [item];
  if (parts.length === wanted) return [parts];
  if (item.kind !== 'hole') {
    reporter.report('axisPairing', {
      at: item.span,
      arguments: { paths: wanted, values: parts.length === 1 ? 'one value' : `${parts.length} values` },
      secondary: axis.paths.map(({ span }) => ({ span, text: 'varied here' })),
    });
  }
  return [];
}

/** A value of a range as if it had been written. */
function expressionOf(value: Value, { span }: ast.Expression): ast.Expression {
  if (value.kind !== 'number') throw new Error(`${value.kind} is no step of a range`);
  const negative = value.value.numerator < 0n;
  const digits = formatRational(negative ? negate(value.value) : value.value);
  const text = value.type === 'real' && /^\d+$/.test(digits) ? `${digits}.0` : digits;
  const number: ast.NumberLiteral = { kind: 'number', text, unit: undefined, span };
  return negative ? { kind: 'negation', value: number, span } : number;
}

/** Reports a path that two axes vary, or that an axis varies and a setting fixes, and returns them. */
function repeatedPaths(
  axes: readonly ast.Axis[],
  fixed: readonly Entry[],
  reporter: Reporter,
): ReadonlySet<ast.Path> {
  const repeated = new Set<ast.Path>();
  const first = new Map(fixed.map(({ names, span }) => [pathOf(names), span]));
  for (const written of axes.flatMap(({ paths }) => paths)) {
    const { names, span } = written;
    const path = pathOf(names);
    const before = first.get(path);
    first.set(path, before ?? span);
    if (!before) continue;
    repeated.add(written);
    reporter.report('repeatedOverride', {
      at: span,
      arguments: { path },
      secondary: [{ span: before, text: 'first set here' }],
    });
  }
  return repeated;
}
