import { Bag, difference, differenceText, type SourceFile } from '../../../src/compiler/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { chooseExperiment, compileForReading } from '../../study/selection.ts';

export interface DiffOptions {
  readonly format: 'text' | 'json';
  readonly all?: boolean;
  readonly set?: readonly string[];
}

/** `cmrc diff`: what two experiments, variants or cells, of one spec or of two, do not share. */
export async function diff(
  output: Output,
  before: string,
  after: string,
  options: DiffOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const first = subjectOf(before);
  const second = subjectOf(after);
  const files = [first.file, second.file || first.file] as const;
  const compiled = new Map(
    [...new Set(files)].map((file) => [file, compileForReading(file, options.set ?? [], bag, sources)]),
  );
  const experimentOf = ({ name }: Subject, file: string) => {
    const compilation = compiled.get(file) ?? null;
    return compilation === null ? null : chooseExperiment(compilation, file, name, bag, `${file}:NAME`);
  };
  const left = experimentOf(first, files[0]);
  const right = experimentOf(second, files[1]);
  if (left === null || right === null) return fail(output, bag.sorted(), sources);
  const found = difference(left, right);
  output.value(found);
  output.print(differenceText(found, options).trimEnd());
  return exit.fine;
}

interface Subject {
  readonly file: string;
  readonly name: string | undefined;
}

/** `FILE:NAME`, `FILE` or `:NAME`. A colon that no name follows belongs to the file. */
function subjectOf(text: string): Subject {
  const { file, name } = /^(?<file>.*):(?<name>[A-Za-z_]\w*(\[\d+\])?)$/s.exec(text)?.groups ?? {};
  return { file: file ?? text, name };
}
