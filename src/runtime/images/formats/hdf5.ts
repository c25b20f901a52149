import type { Damage } from '../damage.ts';
import { tooLarge, type Volume } from './volume.ts';

/** The arrays of an HDF5 file have two to four axes: `[frames,] [slices,] rows, columns`. */
export async function readHdf5(
  path: string,
  array: string,
): Promise<Volume | Damage | { readonly arrays: readonly string[] }> {
  const { default: h5wasm, File, Dataset } = await import('h5wasm/node');
  await h5wasm.ready;
  let file: InstanceType<typeof File>;
  try {
    file = new File(path, 'r');
  } catch {
    return { damage: 'its structure is not that of an HDF5 file' };
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
    const data = found.value;
    const total = shape.reduce((product, size) => product * size, 1);
    if (!ArrayBuffer.isView(data) || data instanceof DataView || (data as Uint8Array).length !== total) {
      return { damage: `its array ${array} holds no numbers` };
    }
    const [columns, rows, slices = 1, frames = 1] = [...shape].reverse() as [
      number,
      number,
      number?,
      number?,
    ];
    const values = Float32Array.from(data as unknown as ArrayLike<number | bigint>, Number);
    return {
      ...{ columns, rows, slices, frames, channels: 1, values },
      ...{ spacing: null, affine: null, source: { kind: 'array' } },
    };
  } catch (problem) {
    return { damage: `its array ${array} cannot be unpacked: ${firstLine(problem)}` };
  } finally {
    file.close();
  }
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
