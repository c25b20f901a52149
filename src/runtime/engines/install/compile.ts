import { dirname, join } from 'node:path';
import type { NativeEngine } from '../installed/cache.ts';
import { reasonOf } from '../installed/command.ts';
import { addonFile, type Library } from '../installed/record.ts';
import { giveUp, insideCache, type Workshop } from '../installed/workshop.ts';
import { headersOf } from './package.ts';

const silentMs = 300_000;

/** A compiler with how it calls itself. */
export interface Compiler {
  readonly command: string;
  /** `g++ (Debian 12.2.0-14) 12.2.0` */
  readonly title: string;
}

/** The C++ compiler of this machine: the one that `CXX` names, or the first of the usual names that answers. */
export async function findCompiler({ run, environment }: Workshop): Promise<Compiler | null> {
  const named = environment['CXX'];
  for (const command of named ? [named] : ['c++', 'g++', 'clang++']) {
    const { status, output } = await run(command, ['--version'], { silentMs: 20_000 });
    if (status === 0) return { command, title: output.split('\n')[0]!.trim() };
  }
  return null;
}

/** {@link findCompiler}, or what to do without one: asked before anything large is fetched. */
export async function needCompiler(workshop: Workshop): Promise<Compiler | null> {
  const compiler = await findCompiler(workshop);
  if (compiler !== null) return compiler;
  return giveUp(workshop, 'noCompiler', {}, [
    workshop.system.platform === 'darwin'
      ? '`xcode-select --install` brings one'
      : '`apt install g++`, `dnf install gcc-c++` or `conda install cxx-compiler` brings one; `CXX` names another',
    'or leave it: `wasm` comes with cmrnet and needs nothing else',
  ]);
}

/** Compiles the package's addon against a library, into a folder. Says whether it did. */
export async function compileAddon(
  workshop: Workshop,
  name: NativeEngine,
  compiler: Compiler,
  packages: string,
  library: Library,
  folder: string,
): Promise<boolean> {
  const { run, tell, signal, system } = workshop;
  tell(`addon: compiling with ${compiler.title} (about 10 s)`);
  const words = compilerWords(
    system.platform,
    join(packages, 'node_modules', '@tensorflow', name),
    packages,
    library,
  );
  const outcome = await run(compiler.command, [...words, '-o', join(folder, addonFile)], {
    environment: insideCache(workshop),
    silentMs,
    signal,
  });
  if (outcome.status === 0) return true;
  const reason = reasonOf(outcome, compiler.command, silentMs);
  giveUp(workshop, 'addonNotCompiled', { compiler: compiler.title, reason }, [
    'a compiler that knows C++17 is needed; `CXX` names another one',
  ]);
  return false;
}

/**
 * The libraries are named by their full paths, and their folders are where the loader looks later. CUDA's are loaded
 * with the addon: TensorFlow asks for them by name while it runs, and then finds them without any variable set.
 */
function compilerWords(
  platform: NodeJS.Platform,
  source: string,
  packages: string,
  { include, files, cuda }: Library,
): readonly string[] {
  const folders = [...new Set([...files, ...cuda].map((file) => dirname(file)))];
  return [
    '-std=c++17',
    '-O2',
    '-shared',
    '-fPIC',
    '-w',
    '-DNAPI_VERSION=8',
    `-I${headersOf(packages)}`,
    `-I${include}`,
    `-I${source}`,
    join(source, 'binding', 'tfjs_backend.cc'),
    join(source, 'binding', 'tfjs_binding.cc'),
    // Node itself has the rest of the symbols.
    ...(platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
    ...(cuda.length > 0 ? ['-Wl,--no-as-needed'] : []),
    ...files,
    ...cuda,
    ...folders.map((folder) => `-Wl,-rpath,${folder}`),
  ];
}
