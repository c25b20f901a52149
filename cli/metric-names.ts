/** `dsc` for `segmentation.dsc`, where no other head has a metric of that name. */
export function shortNames(metrics: readonly string[]): readonly string[] {
  const last = metrics.map((metric) => metric.slice(metric.lastIndexOf('.') + 1));
  return last.map((name, index) =>
    last.filter((other) => other === name).length > 1 ? metrics[index]! : name,
  );
}

/** The metrics that an experiment asks for, as `segmentation.dsc`, in the order of the spec. */
export function askedMetrics(evaluate: {
  readonly metrics: Readonly<Record<string, readonly string[]>>;
}): readonly string[] {
  return Object.entries(evaluate.metrics).flatMap(([head, names]) => names.map((name) => `${head}.${name}`));
}
