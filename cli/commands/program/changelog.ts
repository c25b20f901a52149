import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bag, didYouMean } from '../../../src/compiler/index.ts';
import { packageRoot } from '../../environment/package.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, onCommandLine } from '../../output/report.ts';
import { readChangelog } from '../../text/changelog.ts';
import { markdown } from '../../text/markdown.ts';

/** `cmrc changelog`: what each version brought, or one of them. */
export async function changelog(
  output: Output,
  version: string | undefined,
  _options: object,
): Promise<ExitCode> {
  const releases = readChangelog(readFileSync(join(packageRoot, 'CHANGELOG.md'), 'utf8'));
  const named = (name: string) => name.toLowerCase() === version?.toLowerCase();
  const asked = version === undefined ? releases : releases.filter((one) => named(one.version));
  if (asked.length === 0)
    return unknown(
      output,
      version!,
      releases.map((one) => one.version),
    );
  output.value({ version: 1, releases: asked.map(({ page: _, ...release }) => release) });
  for (const [index, { page }] of asked.entries()) {
    if (index > 0) output.print('');
    for (const line of markdown(page, output.color)) output.print(line);
  }
  return exit.fine;
}

function unknown(output: Output, version: string, versions: readonly string[]): ExitCode {
  const bag = new Bag();
  const close = didYouMean(onCommandLine, version, versions).map(({ message }) => ({ message }));
  bag.report('unknownVersion', {
    at: onCommandLine,
    arguments: { version },
    help: close.length > 0 ? close : [{ message: `there is ${versions.join(', ')}` }],
  });
  return fail(output, bag.sorted());
}
