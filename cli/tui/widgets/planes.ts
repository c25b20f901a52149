import { type Planes, type Preview, unpackMask } from '../../../src/runtime/index.ts';

/** What one pixel's true and predicted mask say together. */
export type Verdict = 'none' | 'correct' | 'missed' | 'false';

/** A part of an image, in pixels. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** How many pixels of the network's size are right, missed and false. */
export function pixelCounts(
  given: Preview | Planes,
): Readonly<Record<'correct' | 'missed' | 'false', number>> {
  const counts = { correct: 0, missed: 0, false: 0 };
  const image = planesFrom(given);
  for (let index = 0; image !== null && index < image.truth.length; index += 1) {
    const verdict = judge(image.truth[index]!, image.prediction[index]!);
    if (verdict !== 'none') counts[verdict] += 1;
  }
  return counts;
}

export function planesFrom(given: Preview | Planes): Planes | null {
  return typeof given.grey === 'string' ? previewPlanes(given as Preview) : (given as Planes);
}

/**
 * The planes that a preview holds as text; null where they are not whole.
 * @param structure the one whose masks are meant; null, or one that the preview does not know, takes all as one mask
 */
export function previewPlanes(preview: Preview, structure: string | null = null): Planes | null {
  const { height, width } = preview;
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
  const part = preview.parts?.[structure ?? ''];
  const planes: Uint8Array[] = [bytes(preview.grey)];
  try {
    const mask = (which: 'truth' | 'prediction') =>
      part === undefined ? bytes(preview[which]) : unpackMask(part[which], height * width);
    planes.push(mask('truth'), mask('prediction'));
  } catch {
    return null;
  }
  if (planes.some((plane) => plane.length !== height * width) || height * width === 0) return null;
  return { height, width, grey: planes[0]!, truth: planes[1]!, prediction: planes[2]! };
}

/** The part of an image in which the heart is. */
export function heartOf(planes: Planes): Planes {
  const { top, left, height, width } = heartBox(planes);
  const part = (plane: Uint8Array) => {
    const out = new Uint8Array(height * width);
    for (let row = 0; row < height; row += 1) {
      const start = (top + row) * planes.width + left;
      out.set(plane.subarray(start, start + width), row * width);
    }
    return out;
  };
  return {
    height,
    width,
    grey: part(planes.grey),
    truth: part(planes.truth),
    prediction: part(planes.prediction),
  };
}

/** Both masks with a margin, at least a third of the image; all of it when both are empty. */
export function heartBox({ height, width, truth, prediction }: Planes): Box {
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const index = row * width + column;
      if (truth[index] === 0 && prediction[index] === 0) continue;
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
      left = Math.min(left, column);
      right = Math.max(right, column);
    }
  }
  if (bottom < 0) return { top: 0, left: 0, height, width };
  const side = Math.max(bottom - top + 1, right - left + 1) * 1.3;
  return {
    ...around((top + bottom + 1) / 2, Math.max(side, height / 3), height, 'top', 'height'),
    ...around((left + right + 1) / 2, Math.max(side, width / 3), width, 'left', 'width'),
  };
}

function around<S extends 'top' | 'left', L extends 'height' | 'width'>(
  centre: number,
  size: number,
  limit: number,
  startName: S,
  lengthName: L,
): Record<S | L, number> {
  const length = Math.min(limit, Math.round(size));
  const start = Math.max(0, Math.min(limit - length, Math.round(centre - length / 2)));
  return { [startName]: start, [lengthName]: length } as Record<S | L, number>;
}

export function judge(truth: number, prediction: number): Verdict {
  if (truth !== 0) return prediction !== 0 ? 'correct' : 'missed';
  return prediction !== 0 ? 'false' : 'none';
}
