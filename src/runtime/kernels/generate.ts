// Compiles the kernels: `npm run generate`. A test compares what comes out with what is here.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { main } from 'assemblyscript/asc';

const folder = new URL('assembly/', import.meta.url);

/** The text of `binaries.ts`. */
export async function binariesModule(): Promise<string> {
  const shared = await compile(['--sharedMemory', '--enable', 'threads']);
  const unshared = await compile([]);
  return [
    '/** The compiled kernels, written by `npm run generate`: base64, for a memory that threads share and for one they do not. */',
    'export const binaries = {',
    `  shared: '${shared.toString('base64')}',`,
    `  unshared: '${unshared.toString('base64')}',`,
    '} as const;',
    '',
  ].join('\n');
}

async function compile(options: readonly string[]): Promise<Buffer> {
  const sources = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const),
  );
  let binary: Uint8Array | undefined;
  const { error, stderr } = await main(
    [
      ...['kernels.ts', '--outFile', 'kernels.wasm', '--runtime', 'stub', '--disableWarning', '112'],
      ...['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
      ...['--enable', 'simd', '--enable', 'bulk-memory'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert'],
      ...options,
    ],
    {
      readFile: (name) => sources.get(name) ?? null,
      writeFile: (name, contents) => {
        if (name === 'kernels.wasm' && typeof contents !== 'string') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || binary === undefined) throw new Error(`the kernels do not compile\n${stderr.toString()}`);
  return Buffer.from(binary);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('binaries.ts', import.meta.url), await binariesModule());
}
