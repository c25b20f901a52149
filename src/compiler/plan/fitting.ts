import type { FitStep } from './run-plan.ts';

/** Rows and columns. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Millimetres between rows and between columns; null when nobody says. */
export type Spacing = readonly [number, number] | null;

/** The size after a step; undefined when it is not known. A `longest` step keeps the aspect ratio of pixels, a `resample` step that of millimetres. */
export function sizeAfter(step: FitStep, size: Size | undefined, spacing: Spacing): Size | undefined {
  switch (step.kind) {
    case 'longest':
      return size && scaled(size, step.size / Math.max(size.height, size.width));
    case 'resample':
      return size && spacing ? scaled(size, spacing[0] / step.spacing, spacing[1] / step.spacing) : undefined;
    default:
      return { height: step.height, width: step.width };
  }
}

function scaled({ height, width }: Size, down: number, across = down): Size {
  return { height: Math.max(1, Math.round(height * down)), width: Math.max(1, Math.round(width * across)) };
}

/** Whether an image of a known size is too large for a `pad`, or too small for a `crop`. */
export function cannotTake(step: FitStep, size: Size): boolean {
  if (step.kind === 'pad') return size.height > step.height || size.width > step.width;
  if (step.kind === 'crop') return size.height < step.height || size.width < step.width;
  return false;
}

/** `pad(256, 224)` */
export function formatStep(step: FitStep): string {
  switch (step.kind) {
    case 'longest':
      return `longest(${step.size})`;
    case 'resample':
      return `resample(${step.spacing})`;
    default:
      return `${step.kind}(${step.height}, ${step.width})`;
  }
}
