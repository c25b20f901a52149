import type { DataPlan } from '../../compiler/index.ts';

/** The unit of the images' values: of phantoms, which are T1 maps, milliseconds; of files what the spec says, or nothing. */
export function imageUnit({ source, unit }: DataPlan): string {
  return unit ?? (source.kind === 'phantom' ? 'ms' : '');
}
