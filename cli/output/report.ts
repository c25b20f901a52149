import {
  ansi,
  codes,
  type Diagnostic,
  diagnosticsToJson,
  plain,
  renderDiagnostics,
  type Sources,
  type Span,
} from '../../src/compiler/index.ts';
import type { ExitCode } from './exit.ts';
import { exitCodeOf } from './exit-of-findings.ts';
import type { Output } from './output.ts';

/** The place of findings about the arguments themselves. */
export const onCommandLine: Span = { file: '<arguments>', start: 0, end: 0 };

const noSources: Sources = { get: () => undefined };

/** Shows findings to people; programs get them from {@link fail}, or inside of a command's own result. */
export function report(
  output: Output,
  diagnostics: readonly Diagnostic[],
  sources: Sources = noSources,
): void {
  if (output.format === 'json' || diagnostics.length === 0) return;
  const paint = output.errorColor ? ansi : plain;
  const { shown, more } = cappedFindings(diagnostics);
  const texts = [renderDiagnostics(shown, sources, { paint, width: output.width }), ...more];
  output.say(texts.join('\n'));
}

/** How many findings of one code are shown: whoever has more of them has one mistake, not many. */
const maxOfOneCode = 20;

/** The first findings of each code, and a line for each code that has more. */
export function cappedFindings(diagnostics: readonly Diagnostic[]): {
  readonly shown: readonly Diagnostic[];
  readonly more: readonly string[];
} {
  const counts = new Map<string, number>();
  const shown = diagnostics.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= maxOfOneCode;
  });
  const lists = counts.has(codes.tooManyMistakes.code) ? 'the first of them' : 'all';
  const more = [...counts].flatMap(([code, count]) =>
    count > maxOfOneCode
      ? [`and ${count - maxOfOneCode} more of ${code} (\`--format json\` lists ${lists})\n`]
      : [],
  );
  return { shown, more };
}

/** Ends a command that has no result but these findings. */
export function fail(
  output: Output,
  diagnostics: readonly Diagnostic[],
  sources: Sources = noSources,
): ExitCode {
  report(output, diagnostics, sources);
  output.value(diagnosticsToJson(diagnostics, sources));
  return exitCodeOf(diagnostics);
}
