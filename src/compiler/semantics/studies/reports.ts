import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import { metricPath } from '../../plan/metric-path.ts';
import type { EvaluateSettings } from '../../plan/run-plan.ts';
import type * as ast from '../../syntax/ast.ts';
import type { ResolvedExperiment } from '../experiments/experiment.ts';
import type { Reporter } from '../program/program.ts';
import { checkMetric } from '../settings/measures.ts';
import { pathOf } from '../settings/tree.ts';

/** What a sweep or comparison shows, in the order written. */
export interface ReportPlan {
  readonly verb: 'report' | 'plot';
  /** `segmentation.dsc` and so on, which shows its structures too; `segmentation.dsc.right_ventricle` is a column of its own. */
  readonly metrics: readonly string[];
  /** The path on the horizontal axis of a plot. */
  readonly by: string | undefined;
}

/** What an experiment measures. */
interface Measured extends Pick<ResolvedExperiment, 'heads' | 'dataset'> {
  readonly evaluate: EvaluateSettings;
}

/** The reports of a declaration. Paths that are not measured are reported and left out. */
export function reportsOf(
  declaration: ast.Sweep | ast.Compare,
  experiment: Measured,
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
  { heads, dataset, evaluate }: Measured,
  name: string,
  reporter: Reporter,
): boolean {
  const [headName, metricName, structure, extra] = names;
  const measured = Object.entries(evaluate.metrics).flatMap(([head, metrics]) =>
    metrics.map((metric) => metricPath(head, metric)),
  );
  const path = pathOf(names);
  const isBelow = structure && !extra && measured.includes(metricPath(headName!.text, metricName!.text));
  const structures = isBelow ? structuresBelow(headName!.text, metricName!.text, { heads, dataset }) : [];
  if (measured.includes(path) || structures.includes(path)) return true;
  const head = heads.find((candidate) => candidate.name.text === headName?.text);
  if (head && metricName && !structure && !checkMetric(metricName, head, { reporter })) return false;
  reporter.report('unknownReport', {
    at: span,
    arguments: { path, experiment: name },
    notes:
      structures.length > 0
        ? [`structures are ${alternatives(structures, 'and')}`]
        : measured.length > 0
          ? [`measured are ${alternatives(measured, 'and')}`]
          : [],
    help: didYouMean(span, path, structures.length > 0 ? structures : measured),
  });
  return false;
}

/** The paths of a metric's structures, where it is of masks and the data have several. */
function structuresBelow(
  head: string,
  metric: string,
  { heads, dataset }: Pick<Measured, 'heads' | 'dataset'>,
): readonly string[] {
  const isMask = heads.some(({ name, headKind }) => name.text === head && headKind.text === 'mask');
  const known = dataset?.plan.structures ?? [];
  return isMask && known.length > 1 ? known.map(({ name }) => metricPath(head, metric, name)) : [];
}
