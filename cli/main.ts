import { isatty } from 'node:tty';
import { CommanderError } from 'commander';
import { diagnostic } from '../src/compiler/index.ts';
import { nowhere, systemProblem, systemReason } from '../src/runtime/index.ts';
import { allCommands, commandLine, usageExit } from './command-line/arguments.ts';
import { version } from './environment/package.ts';
import { keepCrashReport } from './output/crash-report.ts';
import { type ExitCode, exit } from './output/exit.ts';
import { processOutput } from './output/output.ts';
import { report } from './output/report.ts';
import { watchStreams, writeError, writeOut } from './output/streams.ts';
import { isDumb } from './output/terminal.ts';

/** No space, too large, too many: see `system-reason.ts`. */
const limits: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EROFS',
  'EAGAIN',
]);

process.on('uncaughtException', (error) => process.exit(reportFailure(error)));
watchStreams((name, error) => {
  const reason = systemReason(error) ?? error.message;
  const problem = diagnostic('systemRefusal', {
    at: nowhere(name),
    arguments: { path: name, done: 'written', reason },
  });
  if (name === 'standard output') report(processOutput('text'), [problem]);
  process.exit(exit.environment);
});
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
  const atTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true && !isDumb();
  return words.length === 0 && atTerminal ? ['tui'] : words;
}

/** Runs one command line. */
async function main(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exit.fine;
  const program = commandLine(version(), (result) => {
    code = result;
  });
  for (const [name, command] of allCommands(program)) {
    command
      .configureOutput({ writeOut, writeErr: writeError })
      .exitOverride()
      .showHelpAfterError(`(\`${name} --help\` says more)`);
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return error instanceof CommanderError ? usageExit(error.code) : reportFailure(error);
  }
}

/** What a command did not expect: a limit of the system that any file may meet, or our own mistake. */
function reportFailure(error: unknown): ExitCode {
  const { code, path } = error as NodeJS.ErrnoException;
  if (!limits.has(code ?? '')) return reportBug(error);
  report(processOutput('text'), [systemProblem(error, path ?? 'a file')]);
  return exit.environment;
}

/** Our own mistake: one line for the user, the stack for the report. */
function reportBug(error: unknown): ExitCode {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (process.argv.includes('--debug')) {
    writeError(`${stack}\n`);
    return exit.bug;
  }
  const about = `cmrc ${version()}, node ${process.version}, ${process.platform} ${process.arch}`;
  const words = process.argv.slice(2).join(' ');
  const file = keepCrashReport(`${about}\ncmrc ${words}\n\n${stack}\n`);
  const how = file === null ? '(see --debug)' : `with ${file}`;
  writeError(`internal error: ${stack.split('\n')[0]}; this is a bug in cmrc, please report it ${how}\n`);
  return exit.bug;
}
