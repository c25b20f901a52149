import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Diagnostic } from '../../../src/compiler/index.ts';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Node's arguments for a command line of this very program. */
function wordsOf(words: readonly string[]): string[] {
  return [...process.execArgv, process.argv[1]!, ...words];
}

/** Does a command of `cmrc` in a process of its own: whatever the interface starts can be typed as well. */
export function command(words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, wordsOf(words), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output, errors: String(error.message) }));
    child.once('close', (code) => resolve({ code, output, errors }));
  });
}

/** Starts a command that goes on when this process ends; what it says goes to a file. */
export function commandAlone(words: readonly string[], log: string): void {
  const file = openSync(log, 'a');
  try {
    spawn(process.execPath, wordsOf(words), { detached: true, stdio: ['ignore', file, file] }).unref();
  } finally {
    closeSync(file);
  }
}

/** The first line that says what went wrong, or what the first diagnostic says of a command that printed them as JSON. */
export function reasonOf({ errors, output }: Ended): string {
  const found = diagnosticsIn(output).find(({ severity }) => severity === 'error');
  if (found !== undefined) return `error[${found.code}]: ${found.message}`;
  const lines = `${errors}\n${output}`.split('\n').map((text) => text.trim());
  return (
    lines.find((text) => /^(error|internal error)/.test(text)) ??
    lines.find((text) => text !== '') ??
    'it ended without a word'
  );
}

type Printed = Pick<Diagnostic, 'code' | 'severity' | 'message'>;

function diagnosticsIn(output: string): readonly Printed[] {
  try {
    return (JSON.parse(output) as { readonly diagnostics?: readonly Printed[] }).diagnostics ?? [];
  } catch {
    return [];
  }
}
