import {
  ablationText,
  applyFixes,
  Bag,
  type Diagnostic,
  diagnosticsToJson,
  renderSummary,
  type SourceFile,
} from '../../../src/compiler/index.ts';
import { writeAtomically } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import { exitCodeOf } from '../../output/exit-of-findings.ts';
import type { Output } from '../../output/output.ts';
import { report } from '../../output/report.ts';
import { compileFile } from '../../study/selection.ts';

export interface CheckOptions {
  readonly format: 'text' | 'json';
  readonly fix?: boolean;
  readonly strict?: boolean;
  /** Settings as of the command line, such as `train.epochs=2`. */
  readonly set?: readonly string[];
}

/** What the compiler has to say about several specs. */
interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  /** In what the members of each sound study differ, as lines. */
  readonly studies: readonly string[];
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/** `cmrc check`: every finding in every file, in one run. */
export async function check(
  output: Output,
  files: readonly string[],
  options: CheckOptions,
): Promise<ExitCode> {
  let findings = findingsOf(files, options.set ?? []);
  let fixes = 0;
  while (options.fix === true) {
    const { texts, applied } = applyFixes(findings.diagnostics, findings.sources);
    if (applied.length === 0 || fixes > maxEdits) break;
    for (const [path, text] of texts) writeAtomically(path, text);
    fixes += applied.length;
    findings = findingsOf(files, options.set ?? []);
  }
  const diagnostics = options.strict === true ? findings.diagnostics.map(asError) : findings.diagnostics;
  report(output, diagnostics, findings.sources);
  output.value(diagnosticsToJson(diagnostics, findings.sources));
  if (fixes > 0) output.print(`applied ${fixes} ${fixes === 1 ? 'fix' : 'fixes'}`);
  const unsure = diagnostics.filter(({ help }) =>
    help.some(({ applicability }) => applicability === 'maybe'),
  );
  if (options.fix === true && unsure.length > 0) {
    output.print(`left ${unsure.length} to you: what was meant is not sure`);
  }
  const code = exitCodeOf(diagnostics);
  if (code === exit.fine || code === exit.wrong) {
    for (const line of findings.studies) output.print(line);
    output.print(renderSummary(diagnostics));
  }
  return code;
}

/** An edit may bring up the next finding, but edits that undo each other must come to an end. */
const maxEdits = 1000;

function findingsOf(files: readonly string[], overrides: readonly string[]): Findings {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const studies: string[] = [];
  for (const file of files) {
    const compilation = compileFile(file, overrides, bag);
    if (compilation === null) continue;
    for (const { name, ablation } of [...compilation.sweeps, ...compilation.compares]) {
      if (ablation !== undefined) studies.push(`${name} differs in ${ablationText(ablation)}`);
    }
    for (const item of compilation.diagnostics) bag.add(item);
    for (const [path, source] of compilation.sources) sources.set(path, source);
  }
  return { diagnostics: bag.sorted(), studies, sources };
}

function asError(item: Diagnostic): Diagnostic {
  return item.severity === 'warning' ? { ...item, severity: 'error' } : item;
}
