import { Bag, type SourceFile } from '../../../src/compiler/index.ts';
import { reportStudies } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { requestOf, type StudyOptions, studiesForReading } from '../../study/study.ts';
import { comparisonText } from '../../text/comparison.ts';
import { counted } from '../../text/quantities.ts';
import { isEmpty, nothingTrained } from './compare.ts';

export interface ReportOptions extends StudyOptions {
  readonly format: 'text' | 'json';
  readonly runs: string;
  readonly out: string;
  readonly acceptData?: boolean;
}

/** `cmrc report`: tables, figures and a page about what was trained. */
export async function writeReport(output: Output, file: string, options: ReportOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const texts = { get: (path: string) => sources.get(path) };
  const studies = studiesForReading(file, options, bag, sources);
  if (studies === null) return fail(output, bag.sorted(), texts);
  const names = studies.map(({ name }) => name).join(', ');
  const written = await reportStudies(
    `${names} · ${file}`,
    studies.map(requestOf),
    options.runs,
    options.out,
    bag,
    options.acceptData === true,
  );
  if (written === null) return fail(output, bag.sorted(), texts);
  if (isEmpty(written.comparisons)) {
    nothingTrained(names, file, options.runs, bag);
    return fail(output, bag.sorted(), texts);
  }
  report(output, bag.sorted(), texts);
  output.value({ version: 1, comparisons: written.comparisons });
  for (const comparison of written.comparisons) {
    for (const line of comparisonText(comparison)) output.print(line);
  }
  output.print(`${counted(written.files.length, 'file')} in ${options.out}: open ${options.out}/report.html`);
  return exit.fine;
}
