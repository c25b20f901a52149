import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { identify, isGzip } from '../../src/runtime/images/formats/identify.ts';
import { dicom, nifti, npy, npz, png, tiff } from '../../test/images/samples.ts';

/** A file before it is changed. */
export interface Original {
  readonly name: string;
  readonly format: FuzzFormat;
  /** Of its name, with the dot. */
  readonly ending: string;
  readonly bytes: Uint8Array;
}

export type FuzzFormat =
  | 'dicom'
  | 'nifti'
  | 'hdf5'
  | 'tiff'
  | 'png'
  | 'npz'
  | 'npy'
  | 'packed'
  | 'table'
  | 'manifest'
  | 'outline';

const largest = 200_000;

/** Small files of every format: made here, so that none is missing, and all small files of some folders that are there. */
export async function originals(folders: readonly string[], scratch: string): Promise<readonly Original[]> {
  return [...(await made(scratch)), ...folders.flatMap(found)];
}

async function made(scratch: string): Promise<readonly Original[]> {
  const ramp = Array.from({ length: 96 }, (_, index) => (index * 37) % 4096);
  const words = Uint16Array.from(ramp);
  const bytes = (values: Uint16Array) => new Uint8Array(values.buffer);
  const file = (format: FuzzFormat, ending: string, content: Uint8Array | string): Original => ({
    name: `made ${format}`,
    ...{ format, ending, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content },
  });
  const volume = nifti([3, 4, 8], ramp);
  return [
    file('nifti', '.nii', volume),
    file('nifti', '.nii', nifti([3, 4, 8], ramp, { version: 2, little: false, slope: 2, inter: -9 })),
    file('packed', '.nii.gz', gzipSync(volume)),
    file('dicom', '.dcm', dicom({ rows: 4, columns: 8, frames: 3, pixels: ramp, places: [0, 8, 16] })),
    file('dicom', '.dcm', dicom({ rows: 12, columns: 8, pixels: ramp, trigger: 30, thickness: 8 })),
    file(
      'png',
      '.png',
      png(8, 12, (row, column) => row * 20 + column),
    ),
    file(
      'png',
      '.png',
      png(8, 12, (row, column) => row * 2000 + column, 16),
    ),
    file('npy', '.npy', npy([3, 4, 8], words, '<u2')),
    file(
      'npz',
      '.npz',
      npz({ image: npy([3, 4, 8], words, '<u2'), mask: npy([3, 4, 8], new Uint8Array(96), '|u1') }),
    ),
    file('npz', '.npz', npz({ image: npy([2, 4, 6, 2], words, '<u2') }, 0)),
    file(
      'tiff',
      '.tif',
      tiff({
        rows: 4,
        columns: 12,
        format: 1,
        bits: 16,
        pages: [bytes(words.slice(0, 48)), bytes(words.slice(48))],
      }),
    ),
    file('hdf5', '.h5', await hdf5(join(scratch, 'made.h5'), words, false)),
    file('hdf5', '.h5', await hdf5(join(scratch, 'packed.h5'), words, true)),
    file(
      'table',
      '.csv',
      'file,patient,label\na.nii,p1,healthy\n"b, c.nii",p2,"a ""rare"" one"\n,p3,diseased\n',
    ),
    file(
      'manifest',
      '.yaml',
      'version: 1\ndescription: "some"\nimages:\n  - { id: a, patient: p1, image: a.npz, slice: 0, mask_array: mask, spacing: [1.5, 1.25], label: healthy }\n  - { id: b, patient: p2, image: [b.npz, c.npz], image_array: [t1, lge], slice: 3, slices: 11, thickness: 8, fold: 2 }\n',
    ),
    file('outline', '.txt', '12.5 30.25\r\n40.1 31\r\n39.75 55.5\r\n13 54\r\n'),
  ];
}

async function hdf5(path: string, values: Uint16Array, packed: boolean): Promise<Uint8Array> {
  const { ready, File } = await import('h5wasm/node');
  await ready;
  const file = new File(path, 'w');
  const shape = [3, 4, 8];
  file.create_dataset({
    ...{ name: 'image', data: values, shape },
    ...(packed ? { chunks: [1, 4, 8], compression: 6 } : {}),
  });
  file.create_group('more').create_dataset({ name: 'mask', data: new Uint8Array(96), shape });
  file.close();
  return readFileSync(path);
}

const texts: Readonly<Record<string, FuzzFormat>> = { '.csv': 'table', '.yaml': 'manifest' };

function found(folder: string): readonly Original[] {
  let entries: readonly string[];
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  } catch {
    return [];
  }
  return entries.flatMap((path): Original[] => {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts?.isFile() || facts.size > largest) return [];
    const bytes = readFileSync(path);
    const ending = /(\.[^/.]*(?:\.gz)?)?$/.exec(basename(path))![0];
    const format = texts[ending] ?? formatOf(bytes);
    return format === null ? [] : [{ name: path, format, ending, bytes }];
  });
}

function formatOf(bytes: Uint8Array): FuzzFormat | null {
  if (isGzip(bytes)) return 'packed';
  const format = identify(bytes);
  return typeof format === 'string' ? (format === 'zip' ? 'npz' : format) : null;
}
