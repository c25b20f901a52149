import { Bag, type SourceFile } from '../../../src/compiler/index.ts';
import { type Comparison, compareStudy, writeTable } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, onCommandLine, report } from '../../output/report.ts';
import { requestOf, type StudyOptions, studiesForReading } from '../../study/study.ts';
import { comparisonText } from '../../text/comparison.ts';

export interface CompareOptions extends StudyOptions {
  readonly format: 'text' | 'json' | 'markdown' | 'csv' | 'latex';
  readonly runs: string;
  readonly acceptData?: boolean;
}

/** `cmrc compare`: tables of what was trained, with paired tests. */
export async function compare(output: Output, file: string, options: CompareOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const texts = { get: (path: string) => sources.get(path) };
  const studies = studiesForReading(file, options, bag, sources);
  if (studies === null) return fail(output, bag.sorted(), texts);
  const comparisons: Comparison[] = [];
  const { runs, acceptData = false } = options;
  for (const study of studies) comparisons.push(await compareStudy(requestOf(study), runs, bag, acceptData));
  if (isEmpty(comparisons)) {
    nothingTrained(studies.map(({ name }) => name).join(', '), file, options.runs, bag);
    return fail(output, bag.sorted(), texts);
  }
  report(output, bag.sorted(), texts);
  output.value({ version: 1, comparisons });
  for (const comparison of comparisons) {
    const { format } = options;
    if (format === 'text') for (const line of comparisonText(comparison)) output.print(line);
    else if (format !== 'json') output.print(writeTable(comparison, format));
  }
  return exit.fine;
}

/** Whether no row of any table has a value. */
export function isEmpty(comparisons: readonly Comparison[]): boolean {
  return comparisons.every(({ rows }) => rows.every(({ missing }) => missing !== null));
}

export function nothingTrained(study: string, file: string, folder: string, bag: Bag): void {
  bag.report('nothingTrained', {
    at: onCommandLine,
    arguments: { study, folder },
    help: [{ message: `train it: \`cmrc sweep ${file}\`, or say where the runs are with \`--runs\`` }],
  });
}
