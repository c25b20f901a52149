import { labelSpace } from './attributes.ts';
import type { DataPlan, HeadPlan } from './run-plan.ts';

/** What a number of a run is of: the one form of the keys of records, JSON, tables and reports. */
export interface MetricPath {
  readonly head: string;
  readonly metric: string;
  /**
   * One of the structures that a mask head tells apart, or of the classes of a label of which several may be true; null for
   * other labels, for values, for a single structure, and for the mean over several.
   */
  readonly structure: string | null;
}

/** `segmentation.dsc`; of one structure `segmentation.dsc.right_ventricle`. */
export function metricPath(head: string, metric: string, structure: string | null = null): string {
  return structure === null ? `${head}.${metric}` : `${head}.${metric}.${structure}`;
}

/** The parts of a path that {@link metricPath} made. Names of heads, metrics and structures hold no dot. */
export function partsOfMetric(path: string): MetricPath {
  const [head = '', metric = '', structure = null] = path.split('.');
  return { head, metric, structure };
}

/** The structures that a mask head tells apart, in order; none where it knows a single one, and for others. */
export function structuresOf(
  { kind, encoding }: Pick<HeadPlan, 'kind' | 'encoding'>,
  { structures }: Pick<DataPlan, 'structures'>,
): readonly string[] {
  const several = kind === 'mask' && encoding !== 'binary' && structures.length > 1;
  return several ? structures.map(({ name }) => name) : [];
}

/**
 * What a head's metrics are measured of one by one, below their mean: the structures of a mask, the classes of a label of
 * which several may be true.
 */
export function partsOf(
  head: Pick<HeadPlan, 'kind' | 'encoding' | 'attribute'>,
  data: DataPlan,
): readonly string[] {
  if (head.kind === 'label' && head.encoding === 'multilabel')
    return labelSpace(head, data).classes.map(({ name }) => name);
  return structuresOf(head, data);
}
