import { readdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Bag, diagnostic } from '../../../compiler/index.ts';
import { isBackendName } from '../choice/backend-names.ts';
import { type EngineFiles, type NativeEngine, nativeEngines } from './cache.ts';
import { folderSize } from './folder-size.ts';
import { hasPackage, origins } from './origins.ts';
import { type EngineRecord, missingPart, readEngine, readSelection, writeSelection } from './record.ts';
import { place } from './workshop.ts';

/** What is known of an engine without starting it. */
export interface EngineState {
  readonly name: string;
  /** Comes with cmrnet; built here; an npm package; built, but something is missing; not there. */
  readonly state: 'embedded' | 'installed' | 'package' | 'broken' | 'absent';
  /** Why it is broken. */
  readonly reason: string | null;
  readonly record: EngineRecord | null;
  /** The command that brings it; none where it comes with cmrnet. */
  readonly install: string | null;
  /** In the cache, its library included where that is there too. */
  readonly bytes: number;
}

/** The state of engines, in the order given. */
export function engineStates(files: EngineFiles, names: readonly string[]): readonly EngineState[] {
  return names.map((name) => {
    const state = stateOf(files, name);
    return { ...state, name, install: isBackendName(name) ? origins[name].install : null };
  });
}

type State = Omit<EngineState, 'name' | 'install'>;

function stateOf(files: EngineFiles, name: string): State {
  const built = isNative(name) ? builtState(files, name) : null;
  if (built !== null) return built;
  if (!isBackendName(name)) return { ...blank, state: 'absent' };
  if (origins[name].package === null) return { ...blank, state: 'embedded' };
  return { ...blank, state: hasPackage(origins[name], files.program) ? 'package' : 'absent' };
}

const blank = { reason: null, record: null, bytes: 0 } as const;

/** Null where none was built. */
function builtState(files: EngineFiles, name: NativeEngine): State | null {
  const folder = files.engine(name);
  const engine = readEngine(folder);
  if (engine === null) return null;
  if (engine === 'broken') return { ...blank, state: 'broken', reason: 'its record cannot be read' };
  const reason = missingPart(engine);
  const { record } = engine;
  const bytes = [folder, record.packages, ...librariesOf(files, record)].reduce(
    (sum, one) => sum + folderSize(one),
    0,
  );
  return { state: reason === null ? 'installed' : 'broken', reason, record, bytes };
}

/** Sets the engines to be tried first; none goes back to the order of cmrnet. Says whether it did. */
export function chooseEngines(
  files: EngineFiles,
  names: readonly string[],
  known: readonly string[],
  bag: Bag,
): boolean {
  for (const { name, state } of engineStates(files, names)) {
    if (!known.includes(name)) {
      const help = [{ message: `one of ${known.map((one) => `\`${one}\``).join(', ')}` }];
      bag.add(diagnostic('unknownBackend', { at: place(files.root), arguments: { name }, help }));
    } else if (state === 'absent') bag.add(absent(files, name));
  }
  if (bag.hasErrors) return false;
  writeSelection(files, names);
  return true;
}

/** Takes a built engine out of the cache, and what no other engine needs. The bytes it took, or null when it is not there. */
export function removeEngine(files: EngineFiles, name: NativeEngine, bag: Bag): number | null {
  const folder = files.engine(name);
  const before = folderSize(files.root);
  if (readEngine(folder) === null && !leftovers(files, name)) {
    bag.add(absent(files, name));
    return null;
  }
  rmSync(folder, { recursive: true, force: true });
  for (const one of namesIn(files.packages)) {
    if (one.replace(/-[\d.]+$/, '') === name) rmSync(join(files.packages, one), { recursive: true });
  }
  const needed = nativeEngines.flatMap((other) => {
    const engine = readEngine(files.engine(other));
    return engine === null || engine === 'broken' ? [] : librariesOf(files, engine.record);
  });
  for (const one of namesIn(files.libraries)) {
    const library = join(files.libraries, one);
    if (!needed.includes(library)) rmSync(library, { recursive: true });
  }
  const chosen = readSelection(files);
  if (chosen.includes(name))
    writeSelection(
      files,
      chosen.filter((one) => one !== name),
    );
  return before - folderSize(files.root);
}

/** Whether an installation that did not end has left finished steps. */
function leftovers(files: EngineFiles, name: NativeEngine): boolean {
  return namesIn(files.packages).some((one) => one.startsWith(name)) || namesIn(files.libraries).length > 0;
}

/** The folders of the cache that an engine's library lies in; none when it lies elsewhere. */
function librariesOf(files: EngineFiles, { library }: EngineRecord): readonly string[] {
  return namesIn(files.libraries)
    .map((name) => join(files.libraries, name))
    .filter((folder) => library.files.some((file) => file.startsWith(folder + sep)));
}

function absent(files: EngineFiles, name: string) {
  const help = isBackendName(name) ? [{ message: `\`${origins[name].install}\` brings it` }] : [];
  return diagnostic('engineMissing', { at: place(files.root), arguments: { name }, help });
}

function isNative(name: string): name is NativeEngine {
  return (nativeEngines as readonly string[]).includes(name);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
