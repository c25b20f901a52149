import type { Span } from '../../source/span.ts';
import type { Reporter } from '../program/program.ts';

/** Tells that something is of volumes, which networks here do not take as such, and how they see the third dimension. */
export function reportVolume(what: string, at: Span, reporter: Reporter): void {
  reporter.report('threeDimensional', {
    at,
    arguments: { what },
    notes: [
      'an image is `[height, width, channels]`; the slices of a volume are images, judged together by patient',
    ],
    help: [
      {
        message:
          'let the network see the slices beside each as further channels: `neighbours = 1` in the dataset, and three times the channels here',
      },
    ],
  });
}

/** Whether a name is that of an operation on volumes, such as `conv3d`. */
export function isOfVolumes(name: string): boolean {
  return /^[a-z_]+_?3d$/i.test(name);
}
