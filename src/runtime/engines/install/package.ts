import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createFolders } from '../../storage/atomic.ts';
import { type NativeEngine, packageVersion } from '../installed/cache.ts';
import { reasonOf } from '../installed/command.ts';
import { giveUp, insideCache, type Workshop, workFolder } from '../installed/workshop.ts';
import { standIn } from '../tf/start/load.ts';

/** The headers of Node's own C interface, from npm: no download from nodejs.org, and the same for every Node. */
const headersVersion = '1.9.0';

/** What the package requires that this program has already. */
const standIns = ['tfjs', 'tfjs-core'];

const silentMs = 90_000;

/**
 * Brings the npm package of an engine and Node's headers into the cache, without running their scripts, and with
 * stand-ins for TensorFlow.js.
 * @returns the folder
 */
export async function bringPackage(workshop: Workshop, name: NativeEngine): Promise<string | null> {
  const { files, run, tell, signal } = workshop;
  const done = join(files.packages, `${name}-${packageVersion}`);
  if (existsSync(done)) {
    tell(`npm packages: already there`);
    return done;
  }
  tell(`npm packages: @tensorflow/${name}@${packageVersion} without its scripts (about 5 MB)`);
  const folder = workFolder(workshop, 'packages');
  for (const part of standIns) {
    mkdirSync(join(folder, part));
    write(join(folder, part, 'index.js'), standIn);
    write(join(folder, part, 'package.json'), json({ name: `@tensorflow/${part}`, version: packageVersion }));
  }
  write(
    join(folder, 'package.json'),
    json({
      private: true,
      dependencies: {
        [`@tensorflow/${name}`]: packageVersion,
        'node-api-headers': headersVersion,
        ...Object.fromEntries(standIns.map((part) => [`@tensorflow/${part}`, `file:./${part}`])),
      },
      overrides: Object.fromEntries(standIns.map((part) => [`@tensorflow/${part}`, `$@tensorflow/${part}`])),
    }),
  );
  const words = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--install-links',
    '--loglevel=error',
  ];
  const patience = ['--fetch-timeout=20000', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  const outcome = await run('npm', [...words, ...patience], {
    environment: insideCache(workshop),
    folder,
    silentMs,
    fills: folder,
    signal,
  });
  if (outcome.status !== 0) {
    return giveUp(
      workshop,
      'packageNotBrought',
      { name: `@tensorflow/${name}`, reason: reasonOf(outcome, 'npm', silentMs) },
      outcome.failure === 'missing'
        ? ['npm comes with Node; put its folder on the path']
        : [
            'see that npm reaches its registry: `npm ping`',
            'behind a proxy set `npm config set proxy URL`',
            'or leave it: `wasm` comes with cmrnet and needs nothing else',
          ],
    );
  }
  const wanted = join(folder, 'node_modules', '@tensorflow', name, 'binding', 'tfjs_backend.cc');
  if (!existsSync(wanted) || !existsSync(headersOf(folder))) {
    const reason = 'the packages that came lack the sources of the addon';
    return giveUp(workshop, 'packageNotBrought', { name: `@tensorflow/${name}`, reason }, [
      'see whether npm uses another registry: `npm config get registry`',
    ]);
  }
  publish(folder, done);
  return done;
}

/** The folder of Node's headers among an engine's packages. */
export function headersOf(packages: string): string {
  return join(packages, 'node_modules', 'node-api-headers', 'include');
}

/** Moves a finished step into place: it is there whole, or not at all. */
export function publish(folder: string, done: string): void {
  createFolders(dirname(done));
  rmSync(done, { recursive: true, force: true });
  renameSync(folder, done);
}

function write(path: string, text: string): void {
  writeFileSync(path, text);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
