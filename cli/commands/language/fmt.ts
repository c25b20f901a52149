import { readFileSync } from 'node:fs';
import { Bag, formatSource, SourceFile } from '../../../src/compiler/index.ts';
import { writeAtomically } from '../../../src/runtime/index.ts';
import { isReadable } from '../../environment/host.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { writeOut } from '../../output/streams.ts';

export interface FormatOptions {
  readonly format?: 'text' | 'json';
  readonly check?: boolean;
  readonly stdout?: boolean;
}

/** A file or another program gets every byte; a terminal gets what it may show. */
function writeFormatted(text: string): void {
  if (process.stdout.isTTY) writeOut(text);
  else process.stdout.write(text);
}

/** `cmrc fmt`: writes specs as the formatter has them. A spec with syntax errors is left as it is. */
export async function fmt(
  output: Output,
  files: readonly string[],
  options: FormatOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  let unformatted = 0;
  for (const path of files) {
    if (!isReadable(path, bag)) continue;
    const text = readFileSync(path, 'utf8');
    sources.set(path, new SourceFile(path, text));
    const formatted = formatSource(sources.get(path)!, bag);
    if (formatted === null) continue;
    if (options.stdout === true) writeFormatted(formatted);
    else if (formatted !== text) {
      unformatted += 1;
      output.print(`${options.check === true ? 'not formatted: ' : 'formatted '}${path}`);
      if (options.check !== true) writeAtomically(path, formatted);
    }
  }
  if (bag.hasErrors) return fail(output, bag.sorted(), sources);
  return options.check === true && unformatted > 0 ? exit.wrong : exit.fine;
}
