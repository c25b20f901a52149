import type { HeadPlan, RunPlan } from '../../compiler/index.ts';

/**
 * The mask heads whose hearts are measured: those that the spec asks metrics of. Companions of deep supervision, of which it
 * asks nothing, are no answers; where it asks nothing of any head, all are.
 */
export function measuredHeads({ heads, evaluate }: RunPlan): readonly HeadPlan[] {
  const masks = heads.filter(({ kind, trained }) => kind === 'mask' && trained);
  const asked = masks.filter(({ name }) => (evaluate.metrics[name] ?? []).length > 0);
  return asked.length > 0 ? asked : masks;
}
