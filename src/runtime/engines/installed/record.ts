import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../storage/atomic.ts';
import { validator } from '../../storage/validator.ts';
import { type EngineFiles, type NativeEngine, nativeEngines } from './cache.ts';

/** Where a library of TensorFlow came from. */
export type LibraryOrigin = 'python' | 'pip' | 'folder' | 'tarball' | 'download';

/** A library of TensorFlow with its headers, on this machine. */
export interface Library {
  /** The folder of its headers, which holds `tensorflow/c/c_api.h`. */
  readonly include: string;
  /** The shared objects, TensorFlow's before its framework's. */
  readonly files: readonly string[];
  /** What the machine needs on its loader's path beside them: CUDA's libraries. */
  readonly cuda: readonly string[];
  /** As the headers say, null where they do not. */
  readonly version: string | null;
  /** The version of CUDA that it is built for, null for a CPU; undefined where nothing says. */
  readonly builtFor?: string | null;
  readonly origin: LibraryOrigin;
}

/** `engine.json`: an engine that has passed its self-test. */
export interface EngineRecord {
  readonly version: 1;
  readonly name: NativeEngine;
  readonly packageVersion: string;
  /** The folder with the npm packages. */
  readonly packages: string;
  readonly library: Library;
  /** As TensorFlow itself says. */
  readonly tensorflow: string;
  /** What the addon was compiled with. */
  readonly compiler: string;
  readonly system: string;
  readonly created: string;
}

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;

const recordSchema = {
  type: 'object',
  required: ['version', 'name', 'packageVersion', 'packages', 'library', 'tensorflow', 'system'],
  properties: {
    version: { const: 1 },
    name: { enum: [...nativeEngines] },
    packageVersion: text,
    packages: text,
    library: {
      type: 'object',
      required: ['include', 'files', 'cuda', 'version', 'origin'],
      properties: {
        include: text,
        files: texts,
        cuda: texts,
        version: { type: ['string', 'null'] },
        origin: text,
      },
    },
    tensorflow: text,
    compiler: text,
    system: text,
    created: text,
  },
} as const;

const isRecord = validator<EngineRecord>(recordSchema);

export const recordFile = 'engine.json';
export const addonFile = 'tfjs_binding.node';

/** A built engine with its folder. */
export interface InstalledEngine {
  readonly folder: string;
  readonly record: EngineRecord;
}

/** The engine of a folder, null where there is none; `broken` where a record is there that cannot be read. */
export function readEngine(folder: string): InstalledEngine | 'broken' | null {
  const path = join(folder, recordFile);
  if (!existsSync(path)) return null;
  try {
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(record) ? { folder, record } : 'broken';
  } catch {
    return 'broken';
  }
}

/** Why a built engine cannot be loaded, as far as its files tell; null when nothing is missing. */
export function missingPart({ folder, record }: InstalledEngine): string | null {
  const system = `${process.platform}-${process.arch}`;
  if (record.system !== system) return `it was built for ${record.system}, this is ${system}`;
  const parts = [join(folder, addonFile), record.packages, ...record.library.files];
  const gone = parts.find((path) => !existsSync(path));
  return gone === undefined ? null : `\`${gone}\` is gone`;
}

const isSelection = validator<{ readonly order: readonly string[] }>({
  type: 'object',
  required: ['version', 'order'],
  properties: { version: { const: 1 }, order: texts },
});

/** The engines that the user wants first, in this order; empty without a choice. */
export function readSelection(files: EngineFiles): readonly string[] {
  try {
    const selection: unknown = JSON.parse(readFileSync(files.selection, 'utf8'));
    return isSelection(selection) ? selection.order : [];
  } catch {
    return [];
  }
}

/** Keeps the user's order; an empty one is none. */
export function writeSelection(files: EngineFiles, order: readonly string[]): void {
  if (order.length === 0) rmSync(files.selection, { force: true });
  else writeAtomically(files.selection, `${JSON.stringify({ version: 1, order }, null, 2)}\n`);
}
