import {
  ansi,
  type Diagnostic,
  diagnosticsToJson,
  plain,
  renderDiagnostics,
  type Sources,
  type Span,
} from '../src/compiler/index.ts';
import type { ExitCode } from './exit.ts';
import { exitCodeOf, type Output } from './output.ts';

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
  output.say(renderDiagnostics(diagnostics, sources, { paint, width: output.width }));
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
