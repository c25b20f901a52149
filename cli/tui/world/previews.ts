import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Preview, readSealed } from '../../../src/runtime/index.ts';
import type { CaseImages } from '../state/images.ts';

/** Reads a validation image. Null for one that is gone or damaged: the next epoch brings another. */
export function previewAt(path: string): Preview | null {
  try {
    const found = readSealed(path);
    if (typeof found === 'string') return null;
    const preview = found.value as Preview;
    return isWhole(preview) ? preview : null;
  } catch {
    return null;
  }
}

function isWhole({ image, height, width, grey, truth, prediction, dsc }: Preview): boolean {
  return (
    typeof image === 'string' &&
    (dsc === null || typeof dsc === 'number') &&
    [grey, truth, prediction].every((plane) => Buffer.from(plane, 'base64').length === height * width)
  );
}

/** All validation images that a run has kept, by fold and epoch. */
export function previewsOf(folder: string): readonly CaseImages[] {
  const folds = existsSync(folder) ? readdirSync(folder).filter((name) => /^fold-\d+$/.test(name)) : [];
  return folds.flatMap((name) => {
    const previews = join(folder, name, 'previews');
    if (!existsSync(previews)) return [];
    return readdirSync(previews)
      .toSorted()
      .flatMap((file): CaseImages[] => {
        const preview = previewAt(join(previews, file));
        const epoch = Number(/\d+/.exec(basename(file))?.[0] ?? 0);
        return preview === null
          ? []
          : [{ kind: 'preview', id: preview.image, fold: Number(name.slice(5)), epoch, preview }];
      });
  });
}
