import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';

/** A parameter as far as matching arguments is concerned. */
export interface Formal {
  readonly name: string;
  readonly required: boolean;
}

/** A call as far as matching arguments is concerned. */
export interface Callee {
  readonly name: string;
  /** Where missing arguments are reported. */
  readonly span: Span;
  readonly formals: readonly Formal[];
  /** Parameters that get a value elsewhere, so that none is missed. */
  readonly given?: ReadonlySet<string>;
}

/**
 * Finds the argument of every parameter: first by position, then by name.
 * Reports arguments that are too many, unknown, repeated or missing; those are left out of the result.
 */
export function matchArguments(
  callee: Callee,
  given: readonly ast.Argument[],
  reporter: Reporter,
): ReadonlyMap<string, ast.Argument> {
  const matched = new Map<string, ast.Argument>();
  const names = callee.formals.map((formal) => formal.name);
  let named = false;
  let misplaced = false;
  for (const [position, argument] of given.entries()) {
    if (argument.form === 'spread') {
      reporter.report('tooManyArguments', {
        at: argument.span,
        arguments: { callee: callee.name, count: 'single arguments, not a list' },
        label: 'a list is spread here',
      });
      continue;
    }
    named ||= argument.form === 'named';
    if (argument.form === 'positional' && named) {
      misplaced = true;
      reporter.report('positionalAfterNamed', { at: argument.span, arguments: {} });
      continue;
    }
    const name = argument.name?.text ?? names[position];
    if (name === undefined) {
      reporter.report('tooManyArguments', {
        at: argument.span,
        arguments: { callee: callee.name, count: countOf(names.length) },
        notes: parameterNote(callee.name, names),
      });
    } else if (!names.includes(name)) {
      misplaced = true;
      reportUnknown(callee.name, argument.name!, names, reporter);
    } else if (matched.has(name)) {
      reporter.report('repeatedArgument', {
        at: argument.span,
        arguments: { callee: callee.name, name },
        secondary: [{ span: matched.get(name)!.span, text: 'first given here' }],
      });
    } else {
      matched.set(name, argument);
    }
  }
  for (const { name, required } of callee.formals) {
    // A misspelt or misplaced argument most likely is the missing one.
    if (misplaced || !required || matched.has(name) || callee.given?.has(name)) continue;
    reporter.report('missingArgument', {
      at: callee.span,
      arguments: { callee: callee.name, name },
      notes: parameterNote(callee.name, names),
    });
  }
  return matched;
}

/** The note that lists what can be given: "`CmrNet` takes `width`, and `context`". */
export function parameterNote(callee: string, names: readonly string[]): readonly string[] {
  return [
    names.length === 0 ? `\`${callee}\` takes nothing` : `\`${callee}\` takes ${alternatives(names, 'and')}`,
  ];
}

function reportUnknown(callee: string, name: ast.Name, names: readonly string[], reporter: Reporter): void {
  reporter.report('unknownArgument', {
    at: name.span,
    arguments: { callee, name: name.text },
    notes: parameterNote(callee, names),
    help: didYouMean(name.span, name.text, names),
  });
}

function countOf(count: number): string {
  if (count === 0) return 'no arguments';
  return count === 1 ? 'at most one argument' : `at most ${count} arguments`;
}
