import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import type { EvaluateSettings } from '../../plan/run-plan.ts';
import type * as ast from '../../syntax/ast.ts';
import type { ResolvedExperiment } from '../experiments/experiment.ts';
import type { Reporter } from '../program/program.ts';
import { checkMetric } from '../settings/measures.ts';
import { pathOf } from '../settings/tree.ts';

/** What a sweep or comparison shows, in the order written. */
export interface ReportPlan {
  readonly verb: 'report' | 'plot';
  /** `segmentation.dsc` and so on. */
  readonly metrics: readonly string[];
  /** The path on the horizontal axis of a plot. */
  readonly by: string | undefined;
}

/** The reports of a declaration. Paths that are not measured are reported and left out. */
export function reportsOf(
  declaration: ast.Sweep | ast.Compare,
  experiment: Pick<ResolvedExperiment, 'heads'> & { readonly evaluate: EvaluateSettings },
  reporter: Reporter,
): readonly ReportPlan[] {
  const { body, kind, name } = declaration;
  const axes = body.items
    .filter((item) => item.kind === 'axis')
    .flatMap(({ paths }) => paths.map(({ names }) => pathOf(names)));
  return body.items
    .filter((item) => item.kind === 'report')
    .map(({ verb, paths, by }) => {
      const metrics = paths.filter((path) => isMeasured(path, experiment, name.text, reporter));
      if (by && !axes.includes(pathOf(by.names))) {
        reporter.report('unvariedAxis', {
          at: by.span,
          arguments: { sweep: name.text, path: pathOf(by.names) },
          notes: kind === 'sweep' ? [`it varies ${alternatives(axes, 'and')}`] : [],
          help: didYouMean(by.span, pathOf(by.names), axes),
        });
      }
      return { verb, metrics: metrics.map(({ names }) => pathOf(names)), by: by && pathOf(by.names) };
    });
}

function isMeasured(
  { names, span }: ast.Path,
  { heads, evaluate }: Parameters<typeof reportsOf>[1],
  name: string,
  reporter: Reporter,
): boolean {
  const [headName, metricName, extra] = names;
  const measured = Object.entries(evaluate.metrics).flatMap(([head, metrics]) =>
    metrics.map((metric) => `${head}.${metric}`),
  );
  const path = pathOf(names);
  if (measured.includes(path)) return true;
  const head = heads.find((candidate) => candidate.name.text === headName?.text);
  if (head && metricName && !extra && !checkMetric(metricName, head, { reporter })) return false;
  reporter.report('unknownReport', {
    at: span,
    arguments: { path, experiment: name },
    notes: measured.length > 0 ? [`measured are ${alternatives(measured, 'and')}`] : [],
    help: didYouMean(span, path, measured),
  });
  return false;
}
