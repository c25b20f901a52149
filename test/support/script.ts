import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { inFolder } from './folder.ts';

/**
 * A script of commands with what they print, and files to try them on:
 *
 * ```text
 * $ cmrc check bad.cmrnet
 * error[CMR201]: no block named `Fmp`
 * ...
 * [exit 1]
 *
 * -- bad.cmrnet --
 * cmrnet 1
 * ```
 *
 * Lines run in a fresh folder by `sh`; both streams are compared. `...` stands for any lines, `[..]` for any characters
 * of one line. With `UPDATE_GOLDEN=1` what does not match is written anew.
 */
export interface Step {
  readonly command: string;
  readonly expected: string;
}

export async function runScript(path: string): Promise<void> {
  const text = readFileSync(path, 'utf8');
  const [script, ...sections] = text.split(/^-- (.+) --\n/m) as [string, ...string[]];
  await inFolder((folder) => {
    const work = workFolder(folder);
    for (let index = 0; index < sections.length; index += 2) {
      mkdirSync(dirname(join(work, sections[index]!)), { recursive: true });
      writeFileSync(join(work, sections[index]!), sections[index + 1]!);
    }
    const results = stepsOf(script).map((step) => ({ ...step, actual: outcome(step.command, work) }));
    if (process.env['UPDATE_GOLDEN'] === '1') {
      const blocks = results.map(({ command, expected, actual }) => {
        const shown = matches(expected, actual) ? expected : withWildcards(expected, actual);
        return `$ ${command}\n${shown === '' ? '' : `${shown}\n`}`;
      });
      writeFileSync(
        path,
        text.replace(script, () => `${commentOf(script)}${blocks.join('\n')}\n`),
      );
      return;
    }
    for (const { command, expected, actual } of results) {
      if (!matches(expected, actual)) assert.fixture(actual, expected, `$ ${command}  (in ${path})`);
    }
  });
}

/** A folder to work in, whose commands find the built program as `cmrc`. */
export function workFolder(folder: string): string {
  mkdirSync(join(folder, 'bin'));
  symlinkSync(resolve('cli/cmrc.js'), join(folder, 'bin', 'cmrc'));
  const work = join(folder, 'work');
  mkdirSync(work);
  return work;
}

/** The commands of a text, each with what it prints. */
export function stepsOf(script: string): readonly Step[] {
  return script
    .split(/^\$ /m)
    .slice(1)
    .map((block) => {
      const end = block.indexOf('\n');
      return { command: block.slice(0, end), expected: block.slice(end + 1).trimEnd() };
    });
}

/** What comes before the first command tells readers what the script is about. */
function commentOf(script: string): string {
  return script.slice(0, script.search(/^\$ /m));
}

/** What a command prints in a {@link workFolder}, and how it ends. */
export function outcome(command: string, folder: string, timeout = 120_000): string {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...environment } = process.env;
  const { stdout, status } = spawnSync('sh', ['-c', `exec 2>&1\n${command}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...environment, PATH: `${join(folder, '..', 'bin')}:${process.env['PATH']}` },
    timeout,
  });
  // What else the machine does, and how far it is, differ from run to run.
  const lasting = stdout.replace(/^(?:busy: load |(?:reading: )?\d+ of \d+, .* left$).*\n?/gm, '');
  return `${lasting.replace(/[ \t]+$/gm, '')}${status === 0 ? '' : `[exit ${status}]`}`.trimEnd();
}

/** What was printed, with the wildcards of the lines that still match. */
export function withWildcards(expected: string, actual: string): string {
  const patterns = expected.split('\n').filter((line) => line.includes('[..]'));
  return actual
    .split('\n')
    .map((line) => patterns.find((pattern) => matches(pattern, line)) ?? line)
    .join('\n');
}

/** Whether what was printed is what was expected, wildcards taken for what they stand for. */
export function matches(expected: string, actual: string): boolean {
  const pattern = expected
    .split('\n')
    .map((line) => (line === '...' ? '(?:[^\n]*\n)*?[^\n]*' : line.split('[..]').map(escaped).join('[^\n]*')))
    .join('\n');
  return new RegExp(`^${pattern}$`).test(actual);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
