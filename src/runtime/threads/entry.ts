import { fileURLToPath } from 'node:url';

/**
 * The file of a thread beside a module. Run from the sources, a thread has none of this process's loaders and must load
 * tsx first.
 * @param module `import.meta.url` of the module that starts the thread
 */
export function threadEntry(module: string, name: string): URL {
  if (!module.endsWith('.ts')) return new URL(`./${name}.js`, module);
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const entry = JSON.stringify(new URL(`./${name}.ts`, module).href);
  const start = `import { register } from ${loader}; register(); await import(${entry});`;
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`);
}

/**
 * The arguments that make Node run a file beside a module with the loaders of this process, under tsx as from `dist`.
 * @param module `import.meta.url` of the module that starts the process
 */
export function processArguments(module: string, name: string, rest: readonly string[]): string[] {
  const extension = module.endsWith('.ts') ? 'ts' : 'js';
  return [...process.execArgv, fileURLToPath(new URL(`./${name}.${extension}`, module)), ...rest];
}
