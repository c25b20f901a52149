import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The engines that `cmrc backend install` builds, by the npm package that each is made of. */
export const nativeEngines = ['tfjs-node-gpu', 'tfjs-node'] as const;

export type NativeEngine = (typeof nativeEngines)[number];

/** The version of the packages that are built: that of TensorFlow.js here, for both share one engine. */
export const packageVersion = '4.22.0';

/** What of the surroundings decides where files are. */
export interface Place {
  /** A file of the program, by default this one. */
  readonly program?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

export const here: Place = { environment: process.env, platform: process.platform };

/** The user's folder for what can be made anew; `CMRNET_CACHE` names another. */
export function cacheFolder({ environment, platform }: Place = here): string {
  const { CMRNET_CACHE: named, XDG_CACHE_HOME: shared, LOCALAPPDATA: local } = environment;
  if (named) return named;
  if (shared) return join(shared, 'cmrnet');
  if (platform === 'win32') return join(local ?? join(homedir(), 'AppData', 'Local'), 'cmrnet', 'cache');
  return platform === 'darwin'
    ? join(homedir(), 'Library', 'Caches', 'cmrnet')
    : join(homedir(), '.cache', 'cmrnet');
}

/** Where everything about engines lies. Nothing outside of `root` is ever written. */
export interface EngineFiles {
  readonly root: string;
  /** Finished steps, one folder each: npm packages, and libraries of TensorFlow. */
  readonly packages: string;
  readonly libraries: string;
  /** The order in which engines are tried, where the user chose one. */
  readonly selection: string;
  readonly lock: string;
  /** A file of this program: npm packages are looked for from there. */
  readonly program: string;
  /** Half-finished steps, and the caches and temporary files of npm and pip. */
  readonly work: string;
  /** A built engine: `engine.json` and the addon. */
  engine(name: NativeEngine): string;
}

export function engineFiles(place: Place = here): EngineFiles {
  const root = join(cacheFolder(place), 'engines');
  return {
    root,
    packages: join(root, 'packages'),
    libraries: join(root, 'libraries'),
    selection: join(root, 'selection.json'),
    lock: join(root, 'lock'),
    program: place.program ?? fileURLToPath(import.meta.url),
    work: join(root, 'work'),
    engine: (name) => join(root, name),
  };
}
