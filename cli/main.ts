import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { CommanderError } from 'commander';
import { allCommands, commandLine, usageExit } from './command-line/arguments.ts';
import { version } from './environment/package.ts';
import { type ExitCode, exit } from './output/exit.ts';

process.on('uncaughtException', (error) => process.exit(reportBug(error)));
// A reader such as `head` that has seen enough is no failure. A terminal that was closed sends a signal, and who listens to
// that has something to finish.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exit.fine);
    if (error.code !== 'EIO') throw error;
  });
}
// Node.js crashes as it ends where it cannot give a terminal its settings back: then the signal of a closed one ends it first.
const terminals = [0, 1, 2].filter(isatty);
process.on('exit', () => {
  if (terminals.every(isatty)) return;
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
});

process.exitCode = await main(wordsOf(process.argv.slice(2)));

/** Without any words a terminal gets the interface, everything else the help. */
function wordsOf(words: readonly string[]): readonly string[] {
  const atTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  return words.length === 0 && atTerminal ? ['tui'] : words;
}

/** Runs one command line. */
async function main(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exit.fine;
  const program = commandLine(version(), (result) => {
    code = result;
  });
  for (const [name, command] of allCommands(program)) {
    command.exitOverride().showHelpAfterError(`(\`${name} --help\` says more)`);
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return error instanceof CommanderError ? usageExit(error.code) : reportBug(error);
  }
}

/** Our own mistake: one line for the user, the stack for the report. */
function reportBug(error: unknown): ExitCode {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = stack.split('\n')[0];
  if (process.argv.includes('--debug')) {
    process.stderr.write(`${stack}\n`);
    return exit.bug;
  }
  const file = join(tmpdir(), `cmrc-crash-${process.pid}.txt`);
  const about = `cmrc ${version()}, node ${process.version}, ${process.platform} ${process.arch}`;
  const words = process.argv.slice(2).join(' ');
  try {
    writeFileSync(file, `${about}\ncmrc ${words}\n\n${stack}\n`);
    process.stderr.write(
      `internal error: ${message}; this is a bug in cmrc, please report it with ${file}\n`,
    );
  } catch {
    process.stderr.write(
      `internal error: ${message}; this is a bug in cmrc, please report it (see --debug)\n`,
    );
  }
  return exit.bug;
}
