import { join } from 'node:path';
import { Bag, type GivenWeights, type Graph, graphOfPlan, targets } from '../../../src/compiler/index.ts';
import { nowhere, openRun, readWeights, systemProblem, writeAtomically } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import type { ModelTarget } from './model-targets.ts';

export interface ExportModelOptions {
  readonly target: ModelTarget;
  readonly out: string;
  /** Only the network of this fold; all that were trained, averaged, where it is left out. */
  readonly fold?: number;
}

/** `cmrc export RUN --target onnx`: writes a run's trained network as other tools read it. */
export function exportModel(output: Output, paths: readonly string[], options: ExportModelOptions): ExitCode {
  const [path, ...others] = paths;
  if (path === undefined || others.length > 0) {
    output.say('error: `--target` takes one run\n(`cmrc export --help` says more)');
    return exit.commandLine;
  }
  const bag = new Bag();
  const run = openRun(path, bag);
  const weights = run === null ? null : readWeights(run, options.fold ?? null, bag);
  const graph = run === null ? null : graphOfPlan(run.record.plan.network);
  if (graph !== null && weights?.some(({ values }) => !suits(values, graph)))
    bag.report('foreignWeights', { at: nowhere(path), arguments: { run: path, name: graph.name } });
  if (run === null || graph === null || weights === null || bag.hasErrors) return fail(output, bag.sorted());
  report(output, bag.sorted());
  const { plan } = run.record;
  const name = plan.experiment.replace(/\[(\d+)\]/g, '.$1');
  const files: string[] = [];
  for (const { suffix, content } of targets[options.target].emit(graph, { plan, weights })) {
    const file = join(options.out, name + suffix);
    try {
      writeAtomically(file, content);
    } catch (error) {
      return fail(output, [systemProblem(error, file)]);
    }
    files.push(file);
    output.print(`wrote ${file}`);
  }
  for (const { from } of weights) output.print(`weights: ${from}`);
  output.value({ version: 1, files });
  return exit.fine;
}

/** Whether a network has the weights that are given, in their sizes. */
function suits(values: GivenWeights['values'], { weights }: Graph): boolean {
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
  return [...weights.values()].every(({ name, shape }) => values.get(name)?.length === sizeOf(shape));
}
