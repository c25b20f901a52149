import { type PackedCase, type Planes, type Preview, unpackCase } from '../../src/runtime/index.ts';
import type { ImagesState } from './session.ts';

/** Something to look at: a held-out image of a finished fold, or one that was drawn while a fold was trained. */
export type CaseImages =
  | (PackedCase & { readonly kind: 'case' })
  | {
      readonly kind: 'preview';
      readonly id: string;
      readonly fold: number;
      readonly epoch: number;
      readonly preview: Preview;
    };

/** The cases in the order that is asked for; previews, which show how training went, come in the order of epochs. */
export function orderedCases({ cases, order }: Pick<ImagesState, 'cases' | 'order'>): readonly CaseImages[] {
  const score = (one: CaseImages) => (one.kind === 'case' ? one.dice : one.preview.dsc);
  if (order === 'name') return [...cases].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const direction = order === 'worst' ? 1 : -1;
  return [...cases].sort((a, b) => direction * ((score(a) ?? 2) - (score(b) ?? 2)));
}

let known: { readonly of: CaseImages; readonly planes: Planes | null } | null = null;

/** Its planes; those of the last one are kept. */
export function planesOf(one: CaseImages): Planes | null {
  if (known?.of === one) return known.planes;
  const planes = one.kind === 'case' ? unpackCase(one) : previewPlanes(one.preview);
  known = { of: one, planes };
  return planes;
}

function previewPlanes({ height, width, grey, truth, prediction }: Preview): Planes | null {
  const [first, second, third] = [grey, truth, prediction].map((text) =>
    Uint8Array.from(Buffer.from(text, 'base64')),
  );
  const whole = [first, second, third].every((plane) => plane?.length === height * width);
  return whole ? { height, width, grey: first!, truth: second!, prediction: third! } : null;
}
