import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageRoot } from './package.ts';

/** How people call this program here. */
export interface TypedName {
  /** What commands begin with so that they work as printed: `cmrc`, or `npx cmrc`. */
  readonly name: string;
  /** The line that makes `cmrc` a command in a shell where it is none; null where it is one. */
  readonly alias: string | null;
}

/** Finds out how commands have to be typed: after `npx` with it, and where no `cmrc` is on the PATH after an alias. */
export function typedName(environment: NodeJS.ProcessEnv = process.env): TypedName {
  const { PATH = '', npm_command, npm_lifecycle_script = '' } = environment;
  // What npx starts sees its variables too: only where it started this program they say how it was called.
  if (npm_command === 'exec' && /^["']?cmrc\b/.test(npm_lifecycle_script))
    return { name: 'npx cmrc', alias: null };
  const onPath = PATH.split(delimiter).some((folder) => folder !== '' && isProgram(folder));
  return {
    name: 'cmrc',
    alias: onPath ? null : `alias cmrc=${word(`node ${word(join(packageRoot, 'cli', 'cmrc.js'))}`)}`,
  };
}

/** A text as one word of a shell: in quotes where it holds more than plain characters. */
export function word(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function isProgram(folder: string): boolean {
  const names = process.platform === 'win32' ? ['cmrc.cmd', 'cmrc.exe'] : ['cmrc'];
  return names.some((name) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
