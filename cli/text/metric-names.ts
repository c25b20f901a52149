import { metricFacts, metricPath, partsOfMetric } from '../../src/compiler/index.ts';
import type { RunBrief } from '../../src/runtime/index.ts';

/** `dsc` for `segmentation.dsc`, where no other head has a metric of that name. */
export function shortNames(metrics: readonly string[]): readonly string[] {
  const last = metrics.map((path) => {
    const { metric, structure } = partsOfMetric(path);
    return structure === null ? metric : `${metric}.${structure}`;
  });
  return last.map((name, index) =>
    last.filter((other) => other === name).length > 1 ? metrics[index]! : name,
  );
}

/** Whether a metric is of a head that has a loss: what another head answers means nothing. */
export function isTrained({ heads }: Pick<RunBrief, 'heads'>, metric: string): boolean {
  return heads.includes(partsOfMetric(metric).head);
}

/** A metric of a run, and below it those of its structures, where its head tells several apart. */
export function withStructurePaths(
  { structures }: Pick<RunBrief, 'structures'>,
  path: string,
): readonly string[] {
  const { head, metric, structure } = partsOfMetric(path);
  const names = structure === null && metricFacts(metric) !== undefined ? (structures[head] ?? []) : [];
  return [path, ...names.map((name) => metricPath(head, metric, name))];
}

/** The metrics that a run asks for and that mean something, as `segmentation.dsc`, in the order of the spec. */
export function shownMetrics(brief: Pick<RunBrief, 'metrics' | 'heads'>): readonly string[] {
  return brief.metrics.filter((metric) => isTrained(brief, metric));
}
