import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../installed/command.ts';
import { bytes, insideCache, type Workshop, workFolder } from '../installed/workshop.ts';
import { type Inspection, inspectLibrary } from './inspect-library.ts';
import { publish } from './package.ts';
import type { Python } from './python.ts';

const silentMs = 120_000;

/** What to expect, for people who wait; wheels grow slowly. */
const expected = {
  cpu: 'about 300 MB to fetch, 1.3 GB on disk',
  gpu: 'about 600 MB to fetch and 3 GB for CUDA, 7 GB on disk',
};

/**
 * Lets pip put TensorFlow into the cache, without the Python packages that only Python needs; for a GPU also the CUDA
 * wheels that TensorFlow itself names. The Python that runs pip stays as it is.
 */
export async function pipInstall(workshop: Workshop, python: Python, gpu: boolean): Promise<Inspection> {
  const { files, tell } = workshop;
  // Only TensorFlow for Linux has CUDA inside; elsewhere and without a GPU the small one is enough.
  const wanted = gpu || workshop.system.platform === 'darwin' ? 'tensorflow' : 'tensorflow-cpu';
  const done = join(files.libraries, gpu ? 'pip-gpu' : 'pip-cpu');
  if (existsSync(done)) return inspectLibrary(done, 'pip', gpu);
  tell(`TensorFlow: \`pip install ${wanted}\` into the cache (${gpu ? expected.gpu : expected.cpu})`);
  const folder = workFolder(workshop, 'pip-library');
  const problem = await pip(workshop, python, folder, [wanted]);
  if (problem !== null) return { reason: problem };
  if (gpu) {
    const wheels = cudaWheels(folder);
    if (wheels.length > 0) {
      tell(`CUDA: ${wheels.length} wheels that this TensorFlow names`);
      const failed = await pip(workshop, python, folder, wheels);
      if (failed !== null) return { reason: failed };
    }
  }
  const inspection = inspectLibrary(folder, 'pip', gpu);
  if ('reason' in inspection) return inspection;
  publish(folder, done);
  return inspectLibrary(done, 'pip', gpu);
}

/** Null, or why pip failed. */
async function pip(
  workshop: Workshop,
  { executable }: Python,
  folder: string,
  wheels: readonly string[],
): Promise<string | null> {
  const { run, tell, signal } = workshop;
  const words = ['-m', 'pip', 'install', '--no-deps', '--no-compile', '--only-binary=:all:'];
  const patience = ['--timeout', '20', '--retries', '1', '--progress-bar', 'off', '--quiet'];
  const begin = Date.now();
  const outcome = await run(executable, [...words, ...patience, '--target', folder, ...wheels], {
    environment: insideCache(workshop),
    silentMs,
    // The temporary files are in the work folder too: both count.
    fills: workshop.files.work,
    grown: (size) => tell(`  ${bytes(size)} after ${Math.round((Date.now() - begin) / 1000)} s`),
    signal,
  });
  return outcome.status === 0 ? null : reasonOf(outcome, 'pip', silentMs);
}

/** What the extra `and-cuda` of the TensorFlow in a folder asks for: `nvidia-cudnn-cu12<10.0,>=9.3.0.75`. */
export function cudaWheels(folder: string): readonly string[] {
  const about = readdirSync(folder).find((name) => /^tensorflow-[\d.]+\.dist-info$/.test(name));
  if (about === undefined) return [];
  const text = readFileSync(join(folder, about, 'METADATA'), 'utf8');
  return [...text.matchAll(/^Requires-Dist: ([^;\n]+);[^\n]*extra == ["']and-cuda["']/gm)].map(([, wheel]) =>
    wheel!.replace(/[\s()]/g, ''),
  );
}
