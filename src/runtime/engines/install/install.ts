import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolders, writeFolderAtomically } from '../../storage/atomic.ts';
import { acquire, isLock } from '../../storage/lock.ts';
import { systemProblem } from '../../storage/problems.ts';
import { type NativeEngine, packageVersion } from '../installed/cache.ts';
import { findGpus } from '../installed/gpu.ts';
import {
  addonFile,
  type EngineRecord,
  type InstalledEngine,
  type Library,
  missingPart,
  readEngine,
  recordFile,
} from '../installed/record.ts';
import { giveUp, type Workshop, workFolder } from '../installed/workshop.ts';
import { selfTest } from '../trial/self-test.ts';
import { compileAddon, needCompiler } from './compile.ts';
import { bringLibrary, type LibraryWish } from './library.ts';
import { bringPackage } from './package.ts';

/** Builds an engine and makes it usable, or reports why not. Finished steps are kept; a second call goes on after them. */
export async function installEngine(
  workshop: Workshop,
  name: NativeEngine,
  wish: LibraryWish = {},
): Promise<InstalledEngine | null> {
  const { files } = workshop;
  try {
    createFolders(files.root);
    const lock = acquire(files.lock);
    if (!isLock(lock)) {
      return giveUp(workshop, 'engineBusy', { pid: String(lock.pid) }, ['wait until it is done, or end it']);
    }
    try {
      return await build(workshop, name, wish);
    } finally {
      rmSync(files.work, { recursive: true, force: true });
      lock.release();
    }
  } catch (error) {
    // A cache that cannot be written; anything else is thrown on.
    workshop.bag.add(systemProblem(error, files.root));
    return null;
  }
}

async function build(
  workshop: Workshop,
  name: NativeEngine,
  wish: LibraryWish,
): Promise<InstalledEngine | null> {
  const { files, system, run, environment, tell } = workshop;
  if (system.platform !== 'linux' && system.platform !== 'darwin') {
    return giveUp(workshop, 'noNativeBuild', { platform: system.platform }, [
      'in WSL 2, which is Linux, it can',
      '`wasm` comes with cmrnet and needs nothing else',
    ]);
  }
  if (name === 'tfjs-node-gpu') {
    const { gpus, problem } = await findGpus(run, environment);
    if (problem !== null) {
      return giveUp(workshop, 'noGpu', { reason: problem }, [
        'install the driver of the GPU, or see that `nvidia-smi` works',
        'without a GPU use `cmrc backend install`, which is for the CPU',
      ]);
    }
    tell(`GPU: ${gpus.map((gpu) => gpu.name).join(', ')}`);
  }
  // What is quick and small comes first, so that it fails before much is fetched.
  const compiler = await needCompiler(workshop);
  if (compiler === null) return null;
  const packages = await bringPackage(workshop, name);
  if (packages === null) return null;
  const library = await bringLibrary(workshop, name, wish);
  if (library === null) return null;

  const folder = files.engine(name);
  const before = readEngine(folder);
  const same =
    before !== null &&
    before !== 'broken' &&
    missingPart(before) === null &&
    before.record.packages === packages &&
    isSameLibrary(before.record, library);
  if (same) {
    tell('addon: already compiled for this library');
    return (await selfTest(workshop, name, folder)) === null ? null : before;
  }

  const draft = workFolder(workshop, 'engine');
  if (!(await compileAddon(workshop, name, compiler, packages, library, draft))) return null;
  const record: EngineRecord = {
    version: 1,
    name,
    packageVersion,
    packages,
    library,
    tensorflow: library.version ?? 'unknown',
    compiler: compiler.title,
    system: `${system.platform}-${system.arch}`,
    created: new Date().toISOString(),
  };
  writeFileSync(join(draft, recordFile), JSON.stringify(record));
  const verdict = await selfTest(workshop, name, draft);
  if (verdict === null) return null;
  const tested = { ...record, tensorflow: verdict.version };
  writeFolderAtomically(folder, {
    [addonFile]: readFileSync(join(draft, addonFile)),
    [recordFile]: `${JSON.stringify(tested, null, 2)}\n`,
  });
  return { folder, record: tested };
}

/** Whether an engine was built for this library: the same files of the same version. */
function isSameLibrary({ library: known }: EngineRecord, { files, version }: Library): boolean {
  return JSON.stringify(known.files) === JSON.stringify(files) && known.version === version;
}
