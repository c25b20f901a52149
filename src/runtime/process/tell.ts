import { cleanText, type Diagnostic, renderDiagnostics } from '../../compiler/index.ts';

/**
 * Writes to the log of a run's processes, `training.log`, what they find: names and paths come from files, so nothing that a
 * terminal would act on is left in it.
 */
export function tell(said: string | readonly Diagnostic[]): void {
  const text = typeof said === 'string' ? said : renderDiagnostics(said, { get: () => undefined });
  process.stderr.write(cleanText(text));
}
