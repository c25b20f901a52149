import type { Damage } from '../damage.ts';
import { volumeOfArray } from './array-volume.ts';
import { halfFloats } from './half-float.ts';
import { tooLarge, type Volume } from './volume.ts';

type Library = typeof import('h5wasm/node');
type Dataset = InstanceType<Library['Dataset']>;
type Module = Awaited<Library['ready']>;

/** The arrays of an HDF5 file have two to four axes: `[frames,] [slices,] rows, columns`. */
export async function readHdf5(
  path: string,
  array: string,
): Promise<Volume | Damage | { readonly arrays: readonly string[] }> {
  const { ready, File, Dataset } = await import('h5wasm/node');
  const module = await ready;
  // Otherwise the library tells the terminal what went wrong, and the caller nothing.
  module.activate_throwing_error_handler();
  let file: InstanceType<typeof File>;
  try {
    file = new File(path, 'r');
  } catch {
    return { damage: 'its structure is not that of an HDF5 file', open: true };
  }
  try {
    const found = file.get(array);
    if (!(found instanceof Dataset))
      return { arrays: arraysOf(file.paths(), (name) => file.get(name), Dataset) };
    const { shape } = found;
    if (shape === null || shape.length < 2 || shape.length > 4) {
      return { damage: `its array ${array} has ${shape?.length ?? 0} axes, not 2 to 4` };
    }
    const large = tooLarge(shape);
    if (large !== null) return large;
    const values = numbersOf(module, found, array);
    if ('damage' in values) return values;
    return volumeOfArray(shape, values);
  } catch (problem) {
    return { damage: `its array ${array} cannot be unpacked: ${firstLine(problem)}`, open: true };
  } finally {
    file.close();
  }
}

/**
 * The numbers of an array. The library's own getter does not look whether unpacking succeeded, and gives what happened to
 * lie in memory where it did not; so the call below it is asked, which says.
 */
function numbersOf(module: Module, found: Dataset, array: string): Float32Array | Damage {
  const { metadata, shape, filters } = found;
  if (metadata.virtual_sources !== undefined)
    return { damage: `its array ${array} lies in other files, to which it refers` };
  const foreign = filters.filter(({ id }) => id >= firstRegisteredFilter).map(nameOf);
  if (foreign.length > 0) {
    return {
      damage: `its array ${array} is compressed by ${foreign.join(' and ')}, which is not read; \`h5repack -f GZIP=6\` writes it so that it is`,
    };
  }
  const convert = conversions(module, metadata);
  if (convert === null) return { damage: `its array ${array} holds no numbers that are read` };
  const bytes = shape!.reduce((product, size) => product * size, 1) * metadata.size;
  const place = module._malloc(bytes);
  if (place === 0) return { damage: `its array ${array} needs ${bytes} bytes, for which there is no memory` };
  try {
    const status = module.get_dataset_data(found.file_id, found.path, null, null, null, BigInt(place));
    if (status < 0) throw new Error('the library gives no reason');
    return convert(module.HEAPU8.slice(place, place + bytes).buffer);
  } catch (problem) {
    return { damage: `its array ${array} cannot be unpacked: ${deepestReason(problem)}`, open: true };
  } finally {
    module._free(place);
  }
}

/** The last cause that the library's stack of errors names. */
function deepestReason(problem: unknown): string {
  const words = problem instanceof Error ? problem.message : String(problem);
  return [...words.matchAll(/ line \d+ in \w+\(\): (.*)/g)].at(-1)?.[1]?.slice(0, 120) ?? firstLine(problem);
}

/** HDF5's own filters have smaller numbers (https://github.com/HDFGroup/hdf5_plugins/blob/master/docs/RegisteredFilterPlugins.md). */
const firstRegisteredFilter = 256;
const registeredFilters: Readonly<Record<number, string>> = {
  307: 'bzip2',
  32000: 'LZF',
  32001: 'Blosc',
  32004: 'LZ4',
  32008: 'bitshuffle',
  32013: 'ZFP',
  32015: 'Zstandard',
  32026: 'Blosc2',
};

function nameOf({ id, name }: { readonly id: number; readonly name: string }): string {
  return registeredFilters[id] ?? (name === '' ? `the filter ${id}` : `\`${name}\``);
}

type Convert = (buffer: ArrayBuffer) => Float32Array;

/** How the bytes of an array, the lowest first, become numbers; null for what is none. Truth values are an enumeration. */
function conversions(module: Module, { type, size, signed }: Dataset['metadata']): Convert | null {
  const { H5T_INTEGER, H5T_FLOAT, H5T_ENUM } = module.H5T_class_t;
  const kind =
    type === H5T_FLOAT.value
      ? 'float'
      : type === H5T_INTEGER.value || type === H5T_ENUM.value
        ? signed
          ? 'signed'
          : 'unsigned'
        : 'other';
  const converts: Readonly<Record<string, Convert>> = {
    float2: (buffer) => halfFloats(new Uint16Array(buffer)),
    float4: (buffer) => new Float32Array(buffer),
    float8: (buffer) => Float32Array.from(new Float64Array(buffer)),
    signed1: (buffer) => Float32Array.from(new Int8Array(buffer)),
    signed2: (buffer) => Float32Array.from(new Int16Array(buffer)),
    signed4: (buffer) => Float32Array.from(new Int32Array(buffer)),
    signed8: (buffer) => Float32Array.from(new BigInt64Array(buffer), Number),
    unsigned1: (buffer) => Float32Array.from(new Uint8Array(buffer)),
    unsigned2: (buffer) => Float32Array.from(new Uint16Array(buffer)),
    unsigned4: (buffer) => Float32Array.from(new Uint32Array(buffer)),
    unsigned8: (buffer) => Float32Array.from(new BigUint64Array(buffer), Number),
  };
  return converts[`${kind}${size}`] ?? null;
}

function arraysOf(
  paths: readonly string[],
  get: (name: string) => unknown,
  Dataset: abstract new (...rest: never[]) => unknown,
): readonly string[] {
  return paths.slice(0, 100).filter((name) => get(name) instanceof Dataset);
}

function firstLine(problem: unknown): string {
  return (problem instanceof Error ? problem.message : String(problem)).split('\n')[0]!.slice(0, 120);
}
