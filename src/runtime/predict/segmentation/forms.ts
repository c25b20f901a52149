/** The forms of DICOM segmentations, and who reads them. */
export const segmentationForms = {
  binary: 'a frame of single bits for each structure and image that has it',
  full: 'the same for images without it too, which older viewers need',
  labelmap: 'a frame of numbers for each image (PS3.3 2024b and later)',
} as const;

export type SegmentationForm = keyof typeof segmentationForms;

/** A structure of the mask: its name, and the value of its pixels. */
export interface Segment {
  readonly name: string;
  readonly value: number;
}

/** One frame of a segmentation. */
export interface SegmentationFrame {
  /** From 0; null where a frame has all of them, each by its number. */
  readonly segment: number | null;
  /** Among the images of the volume, from 0. */
  readonly image: number;
}

/**
 * The frames of a mask, structure by structure, and their pixels: of one bit each, the lowest of a byte first and frames without
 * gaps between them (PS3.5 8.1.1), or of one byte that is the number of the structure, from 1.
 * @param each how many pixels an image has
 */
export function segmentationFrames(
  form: SegmentationForm,
  mask: Uint8Array,
  segments: readonly Segment[],
  each: number,
): { readonly frames: readonly SegmentationFrame[]; readonly pixels: Uint8Array } {
  const images = Array.from({ length: mask.length / each }, (_, image) => image);
  if (form === 'labelmap') {
    const numbers = new Map(segments.map(({ value }, index) => [value, index + 1]));
    const pixels = new Uint8Array(Math.ceil(mask.length / 2) * 2);
    for (const [index, value] of mask.entries()) pixels[index] = numbers.get(value) ?? 0;
    return { frames: images.map((image) => ({ segment: null, image })), pixels };
  }
  const frames = segments.flatMap(({ value }, segment) =>
    images
      .filter((image) => form === 'full' || mask.subarray(image * each, (image + 1) * each).includes(value))
      .map((image) => ({ segment, image })),
  );
  const pixels = new Uint8Array(Math.ceil((frames.length * each) / 16) * 2);
  for (const [index, { segment, image }] of frames.entries()) {
    const { value } = segments[segment]!;
    for (let pixel = 0; pixel < each; pixel += 1) {
      if (mask[image * each + pixel] !== value) continue;
      const bit = index * each + pixel;
      pixels[bit >> 3]! |= 1 << (bit & 7);
    }
  }
  return { frames, pixels };
}
