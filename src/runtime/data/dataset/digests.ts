import { createHash } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunPlan } from '../../../compiler/index.ts';
import {
  type FileProblem,
  FileReader,
  filesOf,
  type ImageReference,
  isFileProblem,
} from '../../images/files.ts';
import type { Grid } from '../../images/grid.ts';
import { readSealed, writeSealed } from '../../storage/seal.ts';

/** A file that changed so lately may change again within the same tick of the file system's clock. */
const settledMs = 2000;

interface Known {
  readonly version: 1;
  /** By file, array and slice: the file's stamp when it was read, and the digest. */
  readonly digests: Readonly<Record<string, readonly [stamp: string, digest: string]>>;
}

/**
 * Digests of images and masks: of their pixels as they are read, whatever the format of the file. They are kept in the cache
 * folder beside the runs with each file's size and times of change, so that nothing is read twice; a cache that is missing
 * or damaged costs time alone.
 */
export class ContentDigests {
  readonly #path: string | null;
  readonly #known: Record<string, readonly [stamp: string, digest: string]>;
  readonly #reader = new FileReader();
  readonly #stamps = new Map<string, string | null>();
  #changed = false;

  /**
   * @param folder the cache folder; null keeps nothing
   * @param manifest the manifest whose files they are
   */
  constructor(folder: string | null, manifest: string) {
    const name = `digests-${digestOf(resolve(manifest)).slice(0, 16)}.json`;
    this.#path = folder === null ? null : join(folder, name);
    this.#known = this.#path === null ? {} : { ...readKnown(this.#path) };
  }

  /** The digest of an image or a mask, 32 hexadecimal digits; or why there is none. */
  of(file: ImageReference): string | FileProblem {
    const stamp = this.#stampOfAll(file);
    const known = this.#known[keyOf(file)];
    if (known !== undefined && stamp !== null && known[0] === stamp) return known[1];
    const found = this.#reader.image(file);
    return isFileProblem(found) ? found : this.note(file, found);
  }

  /** The digest of what was read of a file just now. */
  note(file: ImageReference, { height, width, channels, values }: Grid): string {
    const digest = createHash('sha256')
      .update(`${height} ${width} ${channels}\n`)
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      .digest('hex')
      .slice(0, 32);
    const stamp = this.#stampOfAll(file);
    if (stamp !== null) {
      this.#known[keyOf(file)] = [stamp, digest];
      this.#changed = true;
    }
    return digest;
  }

  /** Keeps what was read for the next time. */
  save(): void {
    if (this.#path === null || !this.#changed) return;
    this.#changed = false;
    const known: Known = { version: 1, digests: this.#known };
    try {
      writeSealed(this.#path, known);
    } catch {
      // A disk that is full: the files are read again next time.
    }
  }

  /** The stamps of all files that an image is read from. */
  #stampOfAll(image: ImageReference): string | null {
    const stamps = filesOf(image).map(({ path }) => this.#stampOf(path));
    return stamps.includes(null) ? null : stamps.join(' ');
  }

  /** A file's size and times of change; null for one that cannot be relied on to stay as it is. */
  #stampOf(path: string): string | null {
    const before = this.#stamps.get(path);
    if (before !== undefined) return before;
    const facts = factsOf(path);
    const settled = facts !== undefined && Date.now() - Math.max(facts.mtimeMs, facts.ctimeMs) > settledMs;
    const stamp = settled ? `${facts.size} ${facts.mtimeMs} ${facts.ctimeMs}` : null;
    this.#stamps.set(path, stamp);
    return stamp;
  }
}

/** The digests of a plan's images, as far as a cache folder knows them; nothing is kept of phantoms. */
export function digestsOf({ data: { source } }: RunPlan, folder: string | null): ContentDigests {
  return source.kind === 'manifest' ? new ContentDigests(folder, source.path) : new ContentDigests(null, '');
}

/** SHA-256 of a text or of a value as JSON, in hexadecimal digits. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function keyOf(image: ImageReference): string {
  const files = filesOf(image).map(({ path, array, slice }) => `${resolve(path)}\0${array}\0${slice ?? ''}`);
  const { neighbours = 0, slices } = image;
  return [...files, ...(neighbours > 0 ? [`${neighbours} of ${slices ?? 'all'}`] : [])].join('\0');
}

function factsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function readKnown(path: string): Known['digests'] {
  try {
    const found = readSealed(path);
    if (typeof found === 'string' || !found.sealed) return {};
    const { version, digests } = found.value as Known;
    return version === 1 ? digests : {};
  } catch {
    return {};
  }
}
