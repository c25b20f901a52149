import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bag, CodeName, codes, Diagnostic } from '../../../compiler/index.ts';
import { diagnostic } from '../../../compiler/index.ts';
import { createFolders } from '../../storage/atomic.ts';
import { type EngineFiles, engineFiles } from './cache.ts';
import { type Runner, runCommand } from './command.ts';

/** What the steps of an installation work with; tests bring their own. */
export interface Workshop {
  readonly files: EngineFiles;
  readonly run: Runner;
  readonly fetch: typeof fetch;
  readonly system: { readonly platform: NodeJS.Platform; readonly arch: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hears what is being done, a line at a time. */
  readonly tell: (line: string) => void;
  /** Aborts when the user stops. */
  readonly signal: AbortSignal;
  readonly bag: Bag;
}

/** The workshop of this machine. */
export function workshopHere(bag: Bag, tell: (line: string) => void, signal: AbortSignal): Workshop {
  const { platform, arch, env } = process;
  return {
    files: engineFiles(),
    run: runCommand,
    fetch,
    system: { platform, arch },
    environment: env,
    tell,
    signal,
    bag,
  };
}

/** Ends a step: what is wrong, and what to do about it. Always null, as the step's result. */
export function giveUp<N extends CodeName>(
  { bag, signal, files }: Workshop,
  name: N,
  values: Parameters<(typeof codes)[N]['message']>[0],
  help: readonly string[],
): null {
  bag.add(
    signal.aborted
      ? diagnostic('installStopped', { at: place(files.root), arguments: {}, help: [resume] })
      : (diagnostic(name, {
          at: place(files.root),
          arguments: values,
          help: help.map((message) => ({ message })),
        } as never) as Diagnostic),
  );
  return null;
}

const resume = { message: 'the same command goes on after the last finished step' } as const;

export function place(file: string) {
  return { file, start: 0, end: 0 };
}

/** An empty folder for a step's work, below the cache so that finished work can be renamed into place. */
export function workFolder({ files }: Workshop, name: string): string {
  const folder = join(files.work, name);
  rmSync(folder, { recursive: true, force: true });
  createFolders(files.work);
  mkdirSync(folder);
  return folder;
}

/** The environment that keeps programs inside the cache: temporary files, and what npm and pip keep. */
export function insideCache({ files }: Workshop): Readonly<Record<string, string>> {
  const temporary = join(files.work, 'temporary');
  createFolders(temporary);
  return {
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    npm_config_cache: join(files.work, 'npm'),
    npm_config_update_notifier: 'false',
    PIP_CACHE_DIR: join(files.work, 'pip'),
    PIP_NO_CACHE_DIR: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** `312 MB`, `1.4 GB`. */
export function bytes(count: number): string {
  return count < 1e9 ? `${Math.round(count / 1e6)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}
