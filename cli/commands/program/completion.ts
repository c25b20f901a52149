import { join } from 'node:path';
import { completionScript, type Shell, startFiles } from '../../completion/scripts.ts';
import { packageRoot } from '../../environment/package.ts';
import { typedName, word } from '../../environment/typed-name.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';

/** `cmrc completion`: what a shell reads to complete command lines; a terminal is told what to do with it. */
export async function completion(output: Output, shell: Shell, _options: object): Promise<ExitCode> {
  // Where `cmrc` is an alias, or npx, only the file itself can be called from inside of a shell.
  const program =
    typedName().name === 'cmrc' && typedName().alias === null
      ? 'cmrc'
      : `node ${word(join(packageRoot, 'cli', 'cmrc.js'))}`;
  output.print(completionScript(shell, program));
  if (process.stdout.isTTY === true) {
    const [file, line] = startFiles[shell](program);
    output.say(`\nput this line into ${file}:\n\n  ${line}`);
  }
  return exit.fine;
}
