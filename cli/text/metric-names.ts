import type { RunBrief } from '../../src/runtime/index.ts';

/** `dsc` for `segmentation.dsc`, where no other head has a metric of that name. */
export function shortNames(metrics: readonly string[]): readonly string[] {
  const last = metrics.map((metric) => metric.slice(metric.lastIndexOf('.') + 1));
  return last.map((name, index) =>
    last.filter((other) => other === name).length > 1 ? metrics[index]! : name,
  );
}

/** Whether a metric is of a head that has a loss: what another head answers means nothing. */
export function isTrained({ heads }: Pick<RunBrief, 'heads'>, metric: string): boolean {
  return heads.includes(metric.slice(0, metric.lastIndexOf('.')));
}

/** The metrics that a run asks for and that mean something, as `segmentation.dsc`, in the order of the spec. */
export function shownMetrics(brief: Pick<RunBrief, 'metrics' | 'heads'>): readonly string[] {
  return brief.metrics.filter((metric) => isTrained(brief, metric));
}
