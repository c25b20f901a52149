import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Bag } from '../../src/compiler/index.ts';
import { engineFiles } from '../../src/runtime/engines/installed/cache.ts';
import type { CommandOptions, Outcome } from '../../src/runtime/engines/installed/command.ts';
import type { Workshop } from '../../src/runtime/engines/installed/workshop.ts';
import type { Verdict } from '../../src/runtime/engines/trial/self-test.ts';

type Program = (words: readonly string[], options: CommandOptions) => Partial<Outcome>;

/** A machine of which a test decides every program; those it has not are missing. */
export class Machine {
  readonly programs = new Map<string, Program>();
  /** The programs that ran, such as `npm` or `python3 -m pip`. */
  readonly ran: string[] = [];
  readonly told: string[] = [];
  readonly environment: Record<string, string> = {};
  readonly stop = new AbortController();
  platform: NodeJS.Platform = 'linux';
  bag = new Bag();
  /** What the self-test says; null for a process that dies. */
  verdict: Verdict | null = { version: '2.21.0', gpu: false, wrong: [] };
  fetch: typeof fetch = async () => {
    throw new Error('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') });
  };

  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.programs.set('npm', ([word], { folder: into }) =>
      word === '--version' ? { status: 0, output: '10.8.2\n' } : bringPackages(into!),
    );
    this.programs.set('c++', (words) => {
      if (words[0] === '--version') return { status: 0, output: 'c++ 12.2.0\nmore' };
      writeFileSync(words[words.indexOf('-o') + 1]!, 'addon');
      return { status: 0 };
    });
    this.programs.set(process.execPath, () =>
      this.verdict === null ? { status: null } : { status: 0, output: JSON.stringify(this.verdict) },
    );
  }

  get files() {
    return engineFiles({
      environment: { CMRNET_CACHE: join(this.folder, 'cache') },
      platform: 'linux',
      // Packages of the machine that runs the test are none of this one.
      program: join(this.folder, 'program.js'),
    });
  }

  get workshop(): Workshop {
    return {
      files: this.files,
      run: async (command, words, options) => {
        this.ran.push(words.slice(0, 2).join(' ') === '-m pip' ? `${command} -m pip` : command);
        const blank = { status: null, output: '', errors: '', failure: null };
        const program = this.programs.get(command);
        if (program === undefined) return { ...blank, failure: 'missing' };
        const outcome = { ...blank, ...program(words, options) };
        return this.stop.signal.aborted ? { ...outcome, status: null, failure: 'stopped' } : outcome;
      },
      fetch: (...given) => this.fetch(...given),
      system: { platform: this.platform, arch: 'x64' },
      environment: this.environment,
      tell: (line) => this.told.push(line),
      signal: this.stop.signal,
      bag: this.bag,
    };
  }

  /** The codes reported since the last call. */
  codes(): readonly string[] {
    const codes = this.bag.sorted().map(({ code }) => code);
    this.bag = new Bag();
    return codes;
  }

  /** Gives the machine a Python, whose pip brings TensorFlow. */
  addPython(about: { readonly tensorflow?: string; readonly pip?: boolean } = {}): void {
    this.programs.set('python3', (words) => {
      if (words[0] === '-c') {
        const { tensorflow = null, pip = true } = about;
        return {
          status: 0,
          output: JSON.stringify({ executable: 'python3', version: '3.11', pip, tensorflow }),
        };
      }
      writeLibrary(join(words[words.indexOf('--target') + 1]!, 'tensorflow'));
      return { status: 0 };
    });
  }
}

/** Puts another program in a place, or none; the result puts the first one back. */
export function replace({ programs }: Machine, name: string, program: Program | null): () => void {
  const before = programs.get(name)!;
  if (program === null) programs.delete(name);
  else programs.set(name, program);
  return () => void programs.set(name, before);
}

/** What npm leaves. */
function bringPackages(into: string): Partial<Outcome> {
  write(join(into, 'node_modules', 'node-api-headers', 'include', 'node_api.h'));
  for (const name of ['tfjs-node', 'tfjs-node-gpu']) {
    write(join(into, 'node_modules', '@tensorflow', name, 'binding', 'tfjs_backend.cc'));
  }
  return { status: 0 };
}

/** A Python package `tensorflow`, as far as its files tell. */
export function writeLibrary(
  folder: string,
  options: { version?: string; cuda?: string | null } = {},
): string {
  const { version = '2.21.0', cuda = null } = options;
  write(join(folder, 'include', 'tensorflow', 'c', 'c_api.h'));
  write(join(folder, 'libtensorflow_cc.so.2'));
  write(join(folder, 'libtensorflow_framework.so.2'));
  write(join(dirname(folder), `tensorflow_cpu-${version}.dist-info`, 'METADATA'));
  const facts =
    cuda === null ? "('is_cuda_build', False)" : `('cuda_version', '${cuda}'), ('is_cuda_build', True)`;
  write(join(folder, 'python', 'platform', 'build_info.py'), `build_info = OrderedDict([${facts}])`);
  return folder;
}

export function write(path: string, text = ''): void {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
