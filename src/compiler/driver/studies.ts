import { Bag } from '../diagnostics/diagnostic.ts';
import type { Ablation } from '../diff/ablation.ts';
import { type ResolvedExperiment, resolveExperiment } from '../semantics/experiments/experiment.ts';
import { pathOf } from '../semantics/settings/tree.ts';
import type { Instances } from '../semantics/studies/instances.ts';
import { type ReportPlan, reportsOf } from '../semantics/studies/reports.ts';
import { formatExpression, type Sweep } from '../semantics/studies/sweeps.ts';
import { comparedBy, variedBy } from '../semantics/studies/varied.ts';
import type { SourceFile } from '../source/source-file.ts';
import type * as ast from '../syntax/ast.ts';
import type { Compilation, CompiledCompare, CompiledExperiment, CompiledSweep } from './compilation.ts';
import type { Context } from './context.ts';
import { type Controlled, checkControls, reportIdentical } from './controls.ts';
import type { ExperimentResult } from './experiments.ts';

type Study = ast.Sweep | ast.Compare;
type Results = ReadonlyMap<string, ExperimentResult>;

/** Compiles sweeps and comparisons: what they vary, what they report, and in what their members differ. */
export function compileStudies(
  { sweeps, comparisons, trainables }: Instances,
  results: Results,
  context: Context,
): Pick<Compilation, 'sweeps' | 'compares'> {
  for (const { declaration, cells } of sweeps) {
    const names = cells.map(({ name }) => name);
    reportIdentical(declaration.name.span, membersOf(names, results), context.reporter);
  }
  return {
    sweeps: sweeps.map((sweep): CompiledSweep => {
      const { declaration } = sweep;
      const cells = sweep.cells.map(({ name }) => name);
      const first = results.get(cells[0] ?? '')?.resolved ?? resolveBase(sweep, context);
      return {
        name: declaration.name.text,
        of: declaration.of.text,
        axes: axesOf(sweep, context.sources),
        cells,
        reports: reportsFor(declaration, first, context),
        ablation: ablationOf(declaration, membersOf(cells, results), variedBy(sweep), context),
      };
    }),
    compares: comparisons.map(({ declaration, members }): CompiledCompare => {
      const compared = trainables.filter(({ name }) => members.includes(name));
      return {
        name: declaration.name.text,
        members,
        reports: reportsFor(declaration, results.get(members[0] ?? '')?.resolved, context),
        ablation: ablationOf(declaration, membersOf(members, results), comparedBy(compared), context),
      };
    }),
  };
}

function membersOf(names: readonly string[], results: Results): readonly CompiledExperiment[] {
  return names.map((name) => results.get(name)!.compiled);
}

/** Without cells, what a sweep starts from tells what it could report; its own mistakes are no business here. */
function resolveBase({ base, declaration }: Sweep, { signatures, host }: Context): ResolvedExperiment {
  const instance = { ...base, name: declaration.name.text, at: declaration.name.span };
  return resolveExperiment(instance, signatures, host.resolve, new Bag());
}

function reportsFor(
  declaration: Study,
  first: ResolvedExperiment | undefined,
  { reporter }: Context,
): readonly ReportPlan[] {
  if (first?.evaluate === undefined) return [];
  return reportsOf(declaration, { ...first, evaluate: first.evaluate }, reporter);
}

function ablationOf(
  { name, span }: Study,
  members: readonly CompiledExperiment[],
  varied: Controlled['varied'],
  { findings }: Context,
): Ablation | undefined {
  const bag = new Bag();
  const ablation = checkControls({ name: name.text, at: name.span, members, varied }, bag);
  findings.add(bag.sorted(), { name: name.text, distinct: [], declarations: [span] });
  return ablation;
}

function axesOf(
  { declaration, cells }: Sweep,
  sources: ReadonlyMap<string, SourceFile>,
): CompiledSweep['axes'] {
  const axes = declaration.body.items.filter((item) => item.kind === 'axis');
  return axes.map((axis) => {
    const paths = axis.paths.map(({ names }) => pathOf(names));
    const values = cells.map(({ varied }) =>
      paths.map((path) => {
        const entry = varied.find(({ names }) => pathOf(names) === path)!;
        return formatExpression(entry.value, sources);
      }),
    );
    const distinct = new Map(values.map((value) => [JSON.stringify(value), value]));
    return { paths, values: [...distinct.values()] };
  });
}
