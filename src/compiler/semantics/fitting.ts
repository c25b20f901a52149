import type { FitStep } from '../run-plan.ts';

/** Rows and columns. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** The size after a step; undefined when it is not known. A `longest` step keeps the aspect ratio. */
export function sizeAfter(step: FitStep, size: Size | undefined): Size | undefined {
  if (step.kind !== 'longest') return { height: step.height, width: step.width };
  if (!size) return undefined;
  const factor = step.size / Math.max(size.height, size.width);
  const scaled = (side: number) => Math.max(1, Math.round(side * factor));
  return { height: scaled(size.height), width: scaled(size.width) };
}

/** Whether an image of a known size is too large for a `pad`, or too small for a `crop`. */
export function cannotTake(step: FitStep, size: Size): boolean {
  if (step.kind === 'pad') return size.height > step.height || size.width > step.width;
  if (step.kind === 'crop') return size.height < step.height || size.width < step.width;
  return false;
}

/** `pad(256, 224)` */
export function formatStep(step: FitStep): string {
  return step.kind === 'longest' ? `longest(${step.size})` : `${step.kind}(${step.height}, ${step.width})`;
}
