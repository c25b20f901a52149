import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportFile, type Search } from './found.ts';

/** What nnU-Net and the Medical Segmentation Decathlon put beside images: among other things, what mask values are. */
export const datasetFile = 'dataset.json';

/**
 * Values of masks by the name of the structure, from the `labels` of a folder's `dataset.json`: `"RV": 1` as nnU-Net
 * writes it, or `"1": "RV"` as the Decathlon. The background is no structure. Several values under one name are left to
 * the spec.
 */
export function namedStructures({ folder, bag }: Search): Readonly<Record<string, number>> {
  const path = join(folder, datasetFile);
  if (!existsSync(path)) return {};
  let labels: unknown;
  try {
    labels = (JSON.parse(readFileSync(path, 'utf8')) as { readonly labels?: unknown } | null)?.labels;
  } catch {
    reportFile(bag, path, 'it is no JSON, so that it names no structures');
  }
  if (typeof labels !== 'object' || labels === null) return {};
  const pairs = Object.entries(labels).map(([one, other]): readonly [string, number] =>
    typeof other === 'string' ? [other, Number(one)] : [one, Number(other)],
  );
  return Object.fromEntries(
    pairs
      .filter(([, value]) => Number.isInteger(value) && value > 0)
      .map(([name, value]) => [identifier(name, value), value]),
  );
}

/** A name as a spec can write it: `left ventricle` is `left_ventricle`. */
function identifier(name: string, value: number): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[a-z]/.test(words) ? words : `structure_${value}`;
}
