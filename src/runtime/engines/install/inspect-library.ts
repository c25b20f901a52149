import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Library, LibraryOrigin } from '../installed/record.ts';

/** The oldest TensorFlow that has all that the addon calls, and the first that may not. */
const oldest = [2, 7] as const;
const first = [3, 0] as const;

/** A library that fits, or why a folder holds none. */
export type Inspection = { readonly found: Library } | { readonly reason: string };

/**
 * Looks for a TensorFlow library with its headers: in a Python package `tensorflow`, in a folder that holds one (a
 * virtual environment, `site-packages`), or in an unpacked archive of libtensorflow.
 */
export function inspectLibrary(folder: string, origin: LibraryOrigin, wantsGpu: boolean): Inspection {
  const root = resolve(folder);
  if (!existsSync(root)) return { reason: 'there is no such folder' };
  const candidates = [root, ...sitePackages(root)].flatMap((one) => [one, join(one, 'tensorflow')]);
  const header = join('tensorflow', 'c', 'c_api.h');
  const home = candidates.find((one) => existsSync(join(one, 'include', header)));
  if (home === undefined) return { reason: `it has no \`include/${header}\`` };
  const include = join(home, 'include');
  const files = sharedObjects(home) ?? sharedObjects(join(home, 'lib'));
  if (files === null) {
    return { reason: 'it has no libtensorflow or libtensorflow_cc; wheels have it since TensorFlow 2.13' };
  }
  const version = versionBeside(home) ?? versionIn(files[0]!);
  if (version !== null && !fits(version)) {
    return {
      reason: `it is TensorFlow ${version}; ${oldest.join('.')} or newer is needed, below ${first[0]}`,
    };
  }
  const builtFor = cudaOf(home);
  if (wantsGpu && builtFor === null) return { reason: 'it is built for CPUs only' };
  const cuda = wantsGpu ? cudaLibraries(dirname(home)) : [];
  const facts = { include, files, cuda, version, origin };
  return { found: builtFor === undefined ? facts : { ...facts, builtFor } };
}

/** TensorFlow's shared object and its framework's in a folder; null when either is missing. */
function sharedObjects(folder: string): readonly [string, string] | null {
  const names = namesIn(folder);
  const pick = (stem: string) =>
    names
      .filter((name) => new RegExp(`^${stem}(\\.so|(\\.\\d+)*\\.dylib)(\\.\\d+)*$`).test(name))
      .sort(byLength)[0];
  const main = pick('libtensorflow_cc') ?? pick('libtensorflow');
  const framework = pick('libtensorflow_framework');
  return main === undefined || framework === undefined ? null : [join(folder, main), join(folder, framework)];
}

/** The shortest name that has a version is the one that the loader asks for: `libtensorflow.so.2`. */
function byLength(a: string, b: string): number {
  const plain = (name: string) => (/\d/.test(name) ? 0 : 1);
  return plain(a) - plain(b) || a.length - b.length;
}

/** Wheels say it in the name of the folder beside the package. */
function versionBeside(home: string): string | null {
  const names = namesIn(dirname(home)).map(
    (name) => /^tensorflow\w*-(\d+\.\d+\.\d+).*\.dist-info$/.exec(name)?.[1],
  );
  return names.find((version) => version !== undefined) ?? null;
}

/** Archives of libtensorflow say it in the name of the real file beside the link. */
function versionIn(file: string): string | null {
  const names = namesIn(dirname(file)).map((name) => /(\d+\.\d+\.\d+)/.exec(name)?.[1]);
  return names.find((version) => version !== undefined) ?? null;
}

function fits(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const atLeast = ([a, b]: readonly [number, number]) => major > a || (major === a && minor >= b);
  return atLeast(oldest) && !atLeast(first);
}

/** The CUDA that a Python package is built for, null for none; undefined where nothing says. */
function cudaOf(home: string): string | null | undefined {
  try {
    const text = readFileSync(join(home, 'python', 'platform', 'build_info.py'), 'utf8');
    if (!/'is_cuda_build', True/.test(text)) return null;
    return /'cuda_version', '([\d.]+)'/.exec(text)?.[1] ?? 'unknown';
  } catch {
    return undefined;
  }
}

/** The shared objects of CUDA's wheels, which lie beside the package: `nvidia/cudnn/lib/libcudnn.so.9`. */
function cudaLibraries(packages: string): readonly string[] {
  const nvidia = join(packages, 'nvidia');
  return namesIn(nvidia).flatMap((part) => {
    const folder = join(nvidia, part, 'lib');
    return namesIn(folder)
      .filter((name) => /^lib[\w-]+\.so\.\d+$/.test(name))
      .map((name) => join(folder, name));
  });
}

function sitePackages(root: string): readonly string[] {
  const versions = namesIn(join(root, 'lib')).filter((name) => name.startsWith('python'));
  return [
    ...versions.map((name) => join(root, 'lib', name, 'site-packages')),
    join(root, 'Lib', 'site-packages'),
  ];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
