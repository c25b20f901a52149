import { statSync } from 'node:fs';
import type { NativeEngine } from '../installed/cache.ts';
import type { Library } from '../installed/record.ts';
import { bytes, giveUp, type Workshop } from '../installed/workshop.ts';
import { fetchArchive, unpackArchive } from './archive.ts';
import { type Inspection, inspectLibrary } from './inspect-library.ts';
import { pipInstall } from './pip.ts';
import { findPythons } from './python.ts';

/** Where to look for TensorFlow's library; without a wish everywhere. */
export interface LibraryWish {
  /** A folder or `.tar.gz` archive with a library. */
  readonly path?: string | undefined;
  /** A Python whose `tensorflow` is meant, or whose pip is to bring one. */
  readonly python?: string | undefined;
}

/**
 * Finds a TensorFlow library or brings one: what the user names; the `tensorflow` of a Python here; what an earlier
 * installation brought; pip; the archive that the npm package itself would fetch.
 */
export async function bringLibrary(
  workshop: Workshop,
  name: NativeEngine,
  wish: LibraryWish,
): Promise<Library | null> {
  const gpu = name === 'tfjs-node-gpu';
  if (wish.path !== undefined) return named(workshop, wish.path, gpu);
  const { run, environment, tell, signal } = workshop;
  const reasons: string[] = [];
  const consider = (where: string, inspection: Inspection): Library | null => {
    if ('found' in inspection) {
      tell(`TensorFlow ${inspection.found.version ?? ''}: ${where} (${sizeOf(inspection.found)})`);
      return inspection.found;
    }
    reasons.push(`${where}: ${inspection.reason}`);
    return null;
  };

  const pythons = await findPythons(run, environment, wish.python);
  for (const { executable, tensorflow } of pythons) {
    if (tensorflow === null) continue;
    const found = consider(`the one of ${executable}`, inspectLibrary(tensorflow, 'python', gpu));
    if (found !== null) return found;
  }
  if (pythons.length === 0) reasons.push(`no Python answers${wish.python ? ` as ${wish.python}` : ''}`);
  for (const python of pythons.filter(({ pip }) => pip).slice(0, 1)) {
    const answer = await pipInstall(workshop, python, gpu);
    const found = consider('pip', answer);
    if (found !== null || signal.aborted) return found ?? stopped(workshop);
  }
  if (wish.python === undefined) {
    const found = consider('the archive of libtensorflow', await fetchArchive(workshop, gpu));
    if (found !== null || signal.aborted) return found ?? stopped(workshop);
  }
  return giveUp(workshop, 'noLibrary', { reason: reasons.join('; ') }, [
    `name one: \`cmrc backend install ${gpu ? '--gpu ' : ''}--library PATH\`, a folder or archive with a TensorFlow library`,
    `or bring it by hand: \`python3 -m venv tf && tf/bin/pip install ${gpu ? "'tensorflow[and-cuda]'" : 'tensorflow-cpu'}\`, then add \`--library tf\``,
    'or leave it: `wasm` comes with cmrnet and needs nothing else',
  ]);
}

async function named(workshop: Workshop, path: string, gpu: boolean): Promise<Library | null> {
  const inspection = isFile(path)
    ? await unpackArchive(workshop, path, gpu)
    : inspectLibrary(path, 'folder', gpu);
  if ('found' in inspection) {
    workshop.tell(`TensorFlow ${inspection.found.version ?? ''}: ${path} (${sizeOf(inspection.found)})`);
    return inspection.found;
  }
  return giveUp(workshop, 'wrongLibrary', { path, reason: inspection.reason }, [
    'name the folder of a Python package `tensorflow`, a virtual environment that has it, or an archive of libtensorflow',
  ]);
}

function stopped(workshop: Workshop): null {
  return giveUp(workshop, 'installStopped', {}, []);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function sizeOf({ files }: Library): string {
  return bytes(
    files.reduce((sum, file) => {
      try {
        return sum + statSync(file).size;
      } catch {
        return sum;
      }
    }, 0),
  );
}
