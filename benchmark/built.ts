import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Takes the product's modules from where `npm run build` puts them. */
const fromDist: Plugin = {
  name: 'the product as it is built',
  setup(bundle) {
    bundle.onResolve({ filter: /^(\.\.\/)+src\// }, ({ path, importer }) => {
      const module = relative(root, resolve(dirname(importer), path)).replace(/\.ts$/, '.js');
      return { path: pathToFileURL(resolve(root, 'dist', module)).href, external: true };
    });
  },
};

/** The player of our engines. */
export async function buildPlayer(): Promise<void> {
  await buildScript('./engine.ts', builtPlayer);
}

/**
 * A script of this folder as a file that runs the product as users have it. With a loader that translates its sources in
 * every thread the process would be 200 MB larger.
 */
export async function buildScript(source: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [fromDist],
    logLevel: 'warning',
  });
}

/** Beside the product, where Node finds its packages. */
export const builtPlayer = resolve(root, 'dist/benchmark/engine.js');
