import type { Axes } from '../operations/window.ts';

/** Windows follow TensorFlow's own rule, so that its two words say all: without zeros around the map both agree. */
export function paddingOf(axes: Axes): 'SAME' | 'VALID' {
  return axes.some(({ before, after }) => before + after > 0) ? 'SAME' : 'VALID';
}
